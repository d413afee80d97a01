// One script tag for any portal: <script type="module" src="…/mot-cua-chat.js"></script>
// <mot-cua-chat greeting="…" max-upload="10485760" base="https://…"></mot-cua-chat>

import { MotCuaChat } from "./chat.js";

customElements.define("mot-cua-chat", MotCuaChat);
