// The element <mot-cua-chat>: the conversation, its controls, and what a screen reader is told.

import { Connection } from "./connection.js";
import { h, icon } from "./dom.js";
import { Log } from "./log.js";
import { layout } from "./layout.js";
import { chooseFiles, filesFault } from "./upload.js";
import { texts } from "./texts.js";

const DEFAULT_MAX_TEXT = 2000;
const DEFAULT_MAX_UPLOAD = 10 * 1024 * 1024;

const newId = () =>
  crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/**
 * Attributes: `greeting` (shown before anything was said), `max-text` (characters), `max-upload` (bytes),
 * `base` (the gateway's origin; default: the page's own). Method: `say(text, payload?)`. Events: `talk`,
 * when a conversation is under way; `restart`, when it was ended.
 */
export class MotCuaChat extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    this.parts = layout(this.attachShadow({ mode: "open" }));
    this.log = new Log(this.parts, {
      say: (button, text, payload) => this.press(button, text, payload),
      upload: (files) => this.upload(files),
    });
    this.connection = new Connection((this.getAttribute("base") ?? "").replace(/\/$/, ""));
    this.listen();
    this.greet();
    this.connection.open();
  }

  disconnectedCallback() {
    this.connection?.close();
  }

  get maxUpload() {
    return Number(this.getAttribute("max-upload")) || DEFAULT_MAX_UPLOAD;
  }

  get maxText() {
    return Number(this.getAttribute("max-text")) || DEFAULT_MAX_TEXT;
  }

  greet() {
    const greeting = this.getAttribute("greeting");
    if (greeting) this.log.greet(greeting);
  }

  /** Send words, or a choice with its words, as the citizen; whether they were sent. */
  say(text, payload) {
    if (text.length > this.maxText) {
      this.log.note(texts.tooLong(this.maxText));
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
    this.dispatchEvent(new CustomEvent("talk", { bubbles: true, composed: true }));
  }

  press(button, text, payload) {
    if (button.getAttribute("aria-disabled") === "true") return;
    button.classList.add("chosen");
    this.say(text, payload);
  }

  /** Send files as one message. */
  upload(files) {
    this.talking();
    const fault = filesFault(files, this.maxUpload);
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
    const { form, input, attach, restart, dialog, state, root } = this.parts;
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
    dialog.addEventListener("close", () => dialog.returnValue === "yes" && this.restart());

    const on = (name, handler) => this.connection.addEventListener(name, (event) => handler(event.detail));
    on("state", (name) => {
      state.textContent = texts[name];
      state.dataset.state = name;
    });
    on("history", (messages) => {
      if (messages.length) this.talking();
      this.log.restore(messages);
    });
    on("message", (message) => this.log.replied(message));
    on("said", (message) => {
      this.talking();
      this.log.said(message);
    });
    on("kept", ({ message_id }) => this.log.kept(message_id));
    on("refused", ({ message_id, detail }) => {
      this.log.refused(message_id);
      this.log.note(detail);
    });
    on("busy", () => this.log.typing(true));
    on("turn", () => this.log.typing(false));
  }

  async restart() {
    this.log.clear();
    this.greet();
    this.dispatchEvent(new CustomEvent("restart", { bubbles: true, composed: true }));
    this.parts.input.focus();
    await this.connection.restart().catch(() => this.connection.open());
  }
}
