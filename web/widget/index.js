// One script tag for any portal: <script type="module" src="…/mot-cua-chat.js"></script>
// A page that has a place for the chat holds <mot-cua-chat></mot-cua-chat>; on others a button opens it.

import { MotCuaChat } from "./chat.js";
import { MotCuaLauncher } from "./launcher.js";

customElements.define("mot-cua-chat", MotCuaChat);
customElements.define("mot-cua-launcher", MotCuaLauncher);
if (!document.querySelector("mot-cua-chat, mot-cua-launcher")) document.body.append(document.createElement("mot-cua-launcher"));
