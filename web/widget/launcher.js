// The element <mot-cua-launcher>: a button in the corner of somebody else's page that opens the chat.

import { h, icon, styled } from "./dom.js";
import { texts } from "./texts.js";
import style from "./launcher.css";

const OPEN = "mot-cua-open";

export class MotCuaLauncher extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    const root = styled(this.attachShadow({ mode: "open" }), style);
    this.label = h("span", {}, texts.title);
    this.button = h("button", { type: "button", "aria-expanded": "false", onclick: () => this.toggle(true) }, icon("chat"), this.label);
    this.panel = h("section", { "aria-label": texts.title, hidden: true });
    // Escape first closes what stands above the chat.
    this.panel.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && !this.chat.busy && this.toggle(false));
    root.append(this.button, this.panel);
    // On a portal of many pages the chat stays open from one to the next.
    if (this.remembered()) this.show(true);
  }

  /** Open or close it by hand; the focus goes along. */
  toggle(open) {
    this.show(open);
    if (open) this.chat.focus();
    else this.button.focus();
  }

  show(open) {
    // Whoever does not ask begins no conversation.
    if (open && !this.chat) {
      this.chat = h("mot-cua-chat", { closable: true, onclose: () => this.toggle(false), onreply: () => this.replied() });
      this.panel.append(this.chat);
    }
    this.panel.hidden = !open;
    this.button.hidden = open;
    this.button.setAttribute("aria-expanded", String(open));
    this.label.textContent = texts.title;
    this.remember(open);
  }

  replied() {
    if (this.panel.hidden) this.label.textContent = texts.unread;
  }

  remembered() {
    try {
      return sessionStorage.getItem(OPEN) === "1";
    } catch {
      return false;
    }
  }

  remember(open) {
    try {
      sessionStorage.setItem(OPEN, open ? "1" : "0");
    } catch {
      // Then each page begins with the button.
    }
  }
}
