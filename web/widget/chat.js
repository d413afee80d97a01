// The element <mot-cua-chat>: the conversation, its controls, and what a screen reader is told.

import { Connection } from "./connection.js";
import { h, icon } from "./dom.js";
import { Log } from "./log.js";
import { layout } from "./layout.js";
import { chooseFiles, filesFault } from "./upload.js";
import { texts } from "./texts.js";

// Until the gateway has said what it takes.
const LIMITS = { text_max: 2000, upload_max_bytes: 10 * 1024 * 1024 };
const OWN = new URL(import.meta.url).origin;

const newId = () =>
  crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

// As the gateway names it, else by the link's words.
function fileName(response, title) {
  const named = /filename\*=UTF-8''([^;]+)/i.exec(response.headers.get("Content-Disposition") ?? "");
  return named ? decodeURIComponent(named[1]) : title;
}

/**
 * The gateway is where this script comes from. Attribute: `closable`, for a page that can put the chat away.
 * Method: `say(text, payload?)`. Events: `talk`, when a conversation is under way; `reply`, when the assistant
 * said something; `restart`, when the conversation was ended; `close`, when the citizen puts the chat away.
 */
export class MotCuaChat extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    this.parts = layout(this.attachShadow({ mode: "open" }));
    this.log = new Log(this.parts, {
      say: (button, text, payload) => this.press(button, text, payload),
      upload: (files) => this.upload(files),
      save: (card) => this.save(card),
      address: (url) => this.connection.session.address(url),
    });
    this.limits = LIMITS;
    this.connection = new Connection(OWN);
    this.listen();
    this.connection.open();
  }

  disconnectedCallback() {
    this.connection?.close();
  }

  focus() {
    this.parts.input.focus();
  }

  /** Whether a question stands above the conversation. */
  get busy() {
    return this.parts.dialog.open;
  }

  /** Send words, or a choice with its words, as the citizen; whether they were sent. */
  say(text, payload) {
    if (text.length > this.limits.text_max) {
      this.log.note(texts.tooLong(this.limits.text_max));
      return false;
    }
    const message = { message_id: newId(), text, ...(payload ? { payload } : {}) };
    this.log.said({ ...message, sending: true });
    this.talking();
    this.log.typing(true);
    this.connection.send(message);
    return true;
  }

  talking() {
    this.announce("talk");
  }

  announce(name) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true }));
  }

  /** Save the file behind a card's link, which opens for this conversation only. */
  async save({ url, title }) {
    try {
      const response = await this.connection.session.fetch(url);
      if (!response.ok) throw new Error(String(response.status));
      const address = URL.createObjectURL(await response.blob());
      h("a", { href: address, download: fileName(response, title) }).click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
    } catch {
      this.log.note(texts.notFetched);
    }
  }

  press(button, text, payload) {
    if (button.getAttribute("aria-disabled") === "true") return;
    button.classList.add("chosen");
    this.say(text, payload);
  }

  /** Send files as one message. */
  upload(files) {
    this.talking();
    const fault = filesFault(files, this.limits.upload_max_bytes);
    if (fault) {
      this.log.note(fault);
      return;
    }
    const message_id = newId();
    let transfer = null;
    const bubble = this.log.sendingFiles(files, message_id, () => transfer?.cancel());
    transfer = this.connection.upload(files, message_id, (share) => {
      bubble.progress(share);
      if (share === 1) this.log.typing(true);
    });
    transfer.done.then(bubble.sent, (error) => {
      this.log.typing(false);
      bubble.failed(error.name === "AbortError" ? texts.cancelled : error.message || texts.uploadFailed);
    });
  }

  listen() {
    const { form, input, attach, restart, close, dialog, state, root } = this.parts;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = input.value.trim();
      if (!text) return input.focus();
      if (!this.say(text)) return;
      input.value = "";
      input.dispatchEvent(new Event("input"));
    });
    input.addEventListener("keydown", (event) => {
      // Enter also ends a Vietnamese input method's composition: that one is not for us.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    input.addEventListener("input", () => {
      input.style.height = "auto";
      input.style.height = `${Math.min(input.scrollHeight, 160)}px`;
    });
    attach.addEventListener("click", () => {
      const chooser = chooseFiles((files) => this.upload(files));
      root.append(chooser);
      chooser.click();
    });
    restart.addEventListener("click", () => dialog.showModal());
    close.addEventListener("click", () => this.announce("close"));
    dialog.addEventListener("close", () => {
      if (dialog.returnValue === "yes") this.restart();
      if (dialog.returnValue === "erase") this.say(texts.erase);
      dialog.returnValue = "";
    });

    const on = (name, handler) => this.connection.addEventListener(name, (event) => handler(event.detail));
    on("state", (name) => {
      state.textContent = texts[name];
      state.dataset.state = name;
    });
    on("welcome", (gateway) => {
      this.limits = gateway;
      this.log.greet(gateway.greeting);
    });
    on("ended", ({ erased }) => (erased ? this.log.forget() : this.clear()));
    on("history", (messages) => {
      if (messages.length) this.talking();
      this.log.restore(messages);
    });
    on("message", (message) => {
      this.log.replied(message);
      this.announce("reply");
    });
    on("said", (message) => {
      this.talking();
      this.log.said(message);
    });
    on("kept", ({ message_id }) => this.log.kept(message_id));
    on("refused", ({ message_id, detail }) => {
      if (message_id) this.log.refused(message_id);
      this.log.note(detail);
    });
    on("busy", () => this.log.typing(true));
    on("turn", () => this.log.typing(false));
  }

  clear() {
    this.log.clear();
    this.announce("restart");
  }

  async restart() {
    this.clear();
    this.parts.input.focus();
    await this.connection.restart().catch(() => this.connection.open());
  }
}
