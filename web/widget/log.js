// The log of the conversation: what is shown, what a screen reader is told, where the view stands.

import { renderCard, textAroundCard } from "./cards.js";
import { h, linked } from "./dom.js";
import { fileBody, progressBar, uploadControl } from "./upload.js";
import { texts } from "./texts.js";

const NEAR_END_PX = 120;
// A page that stays open for days does not get slower: what is older is gone from it, as after a reload.
const MOST_ROWS = 200;

export class Log {
  /**
   * @param parts the widget's fixed parts
   * @param {{say: (button, text, payload) => void, upload: (files) => void, save: (card) => void,
   *   address: (url) => Promise<string>}} actions
   */
  constructor(parts, actions) {
    this.parts = parts;
    this.actions = actions;
    this.shown = new Set();
    this.turnStart = null;
    this.place = null; // the row whose beginning is to be seen; none: the end
    this.following = true;
    this.restoring = false;
    this.top = 0;
    parts.newer.addEventListener("click", () => {
      parts.log.focus({ preventScroll: true });
      parts.log.scrollTo({ top: parts.log.scrollHeight, behavior: "instant" });
    });
    // Whoever scrolls by hand reads something: new messages no longer move the view, until the end is reached.
    for (const name of ["wheel", "touchmove", "keydown"])
      parts.log.addEventListener(name, () => (this.following = false), { passive: true });
    // Only on the way down: who leaves the end is near it for a moment, too.
    parts.log.addEventListener("scroll", () => {
      const down = parts.log.scrollTop > this.top;
      this.top = parts.log.scrollTop;
      if (down && this.nearEnd) this.follow();
    }, { passive: true });
    // A telephone's keyboard cuts the view from below when it opens: an end that was in sight stays there.
    new ResizeObserver(() => {
      if (!this.following) return;
      if (this.atEnd) this.place = null;
      this.stand();
    }).observe(parts.log);
  }

  get nearEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.parts.log;
    return scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
  }

  follow() {
    this.following = true;
    this.parts.newer.hidden = true;
  }

  clear() {
    this.parts.log.replaceChildren();
    this.shown.clear();
    this.turnStart = this.place = null;
    this.typing(false);
  }

  /** Take away what was said, but for the assistant's last words: they may tell what was erased. */
  forget() {
    const { log } = this.parts;
    while (log.firstChild && log.firstChild !== this.turnStart) log.firstChild.remove();
    this.retire();
    this.shown.clear();
    this.turnStart = this.place = null;
    this.typing(false);
  }

  /** Show what was said before, without having it all read out. */
  restore(messages) {
    if (!messages.length) return;
    const { log } = this.parts;
    log.setAttribute("aria-live", "off");
    this.restoring = true;
    for (const message of messages) {
      if (message.from === "citizen") this.said(message);
      else this.replied(message);
    }
    this.restoring = false;
    this.place = null;
    this.stand();
    setTimeout(() => log.setAttribute("aria-live", "polite"), 300);
  }

  /** The first words, once a conversation. */
  greet(text) {
    if (this.seen("greeting")) return;
    this.add("assistant", h("div", { class: "bubble" }, ...linked(text)));
  }

  /** A word of the page itself, such as why a file was not taken. */
  note(text) {
    this.typing(false);
    this.scroll(this.add("note", h("div", { class: "bubble" }, text)));
  }

  /** What the citizen said, here or on another page of theirs. */
  said({ id, message_id, text, attachments = [], sending }) {
    if (this.seen(`m${message_id}`)) return;
    if (id) this.shown.add(`i${id}`);
    this.retire();
    const body = attachments.length
      ? attachments.map((file) => fileBody(file.name, file.size))
      : [h("div", { class: "words" }, text)];
    const row = this.add("citizen", h("div", { class: "bubble" }, ...body));
    row.dataset.message = message_id;
    if (sending) row.classList.add("sending");
    this.turnStart = null;
    this.follow();
    this.scroll(row);
  }

  row(message_id) {
    return this.parts.log.querySelector(`[data-message="${CSS.escape(message_id)}"]`);
  }

  kept(message_id) {
    this.row(message_id)?.classList.remove("sending");
  }

  refused(message_id) {
    this.row(message_id)?.classList.replace("sending", "failed");
  }

  /** One message of the assistant, or of the member of staff that it names. */
  replied(message) {
    if (this.seen(`i${message.id}`)) return;
    this.typing(false);
    if (!this.turnStart) this.retire();
    const { custom, buttons, image, author } = message;
    const [before, after] = textAroundCard(message.text ?? "", custom);
    const bubble = (text) => (text ? h("div", { class: "bubble" }, ...linked(text)) : null);
    const card = renderCard(custom, this.actions.say, (one) => uploadControl(one, this.actions.upload), this.actions.save);
    const row = this.add(
      author ? "staff" : "assistant",
      author ? h("span", { class: "author" }, `${author}:`) : null,
      bubble(before),
      image && /^(https?:|\/|data:image\/)/.test(image) ? this.picture(image) : null,
      card,
      bubble(after),
      // The stars are the same choices.
      buttons?.length && !(card && custom.type === "rating") ? this.choices(buttons, message.lasting) : null,
    );
    this.turnStart ??= row;
    this.scroll(this.turnStart);
  }

  picture(address) {
    const shown = h("img", { class: "picture", alt: texts.image });
    this.actions.address(address).then((found) => (shown.src = found), () => (shown.src = address));
    return shown;
  }

  // Lasting ones answer something else than the last question: they are retired when one of them is pressed.
  choices(buttons, lasting) {
    const kind = lasting ? "choice" : "choice current";
    const press = (button, title, payload) => {
      this.actions.say(button, title, payload);
      if (lasting) for (const one of box.children) one.setAttribute("aria-disabled", "true");
    };
    const box = h("div", { class: "choices" });
    for (const { title, payload } of buttons)
      box.append(
        h("button", { type: "button", class: kind, onclick: (event) => press(event.currentTarget, title, payload) }, title),
      );
    return box;
  }

  /** Files on their way: a bubble with previews and one bar. */
  sendingFiles(files, message_id, onCancel) {
    this.shown.add(`m${message_id}`);
    this.retire();
    const preview = (file) => (file.type.startsWith("image/") ? URL.createObjectURL(file) : null);
    const bodies = files.map((file) => fileBody(file.name, file.size, preview(file)));
    const bar = progressBar(files.map((file) => file.name).join(", "), onCancel);
    const state = h("span", { class: "file-state", role: "status" });
    const row = this.add("citizen", h("div", { class: "bubble" }, ...bodies, bar.box, state));
    this.turnStart = null;
    this.follow();
    this.scroll(row);
    return {
      progress: bar.set,
      sent: () => {
        bar.box.remove();
        state.textContent = texts.uploaded;
      },
      failed: (text) => {
        bar.box.remove();
        row.classList.add("failed");
        state.textContent = text;
      },
    };
  }

  typing(on) {
    const { typing } = this.parts;
    if (on === (typing.childElementCount > 0)) return;
    if (on) typing.replaceChildren(h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), h("span", {}, texts.typing));
    else typing.replaceChildren();
  }

  // Choices of earlier turns stay readable, but no longer answer: the question has moved on. They are not
  // removed or disabled, so that the focus stays where it is and Tab leads on to the new choices.
  retire() {
    for (const button of this.parts.log.querySelectorAll(".current:not([aria-disabled])")) button.setAttribute("aria-disabled", "true");
  }

  seen(key) {
    const before = this.shown.has(key);
    this.shown.add(key);
    return before;
  }

  add(author, ...content) {
    // Who of the staff writes is shown to everyone.
    const name = author === "staff" ? null : h("span", { class: "hidden" }, author === "citizen" ? texts.citizen : texts.assistant);
    const row = h("div", { class: `row ${author}` }, name, ...content);
    this.parts.log.append(row);
    this.trim();
    return row;
  }

  // Not while someone reads above, nor where the focus is.
  trim() {
    const { log } = this.parts;
    while (this.following && log.childElementCount > MOST_ROWS && !log.firstElementChild.matches(":focus-within")) log.firstElementChild.remove();
  }

  // Follow the conversation, but never past the beginning of a long answer, and not while someone reads above.
  scroll(row) {
    this.place = row;
    if (this.restoring) return;
    if (this.following) this.stand();
    else this.parts.newer.hidden = false;
  }

  // Where the view belongs. It glides there, but not far, and not while rows above go, which would stop it half-way.
  stand() {
    const { log } = this.parts;
    const end = log.scrollHeight - log.clientHeight;
    const begin = this.place ? this.place.offsetTop - log.offsetTop - 12 : end;
    this.atEnd = begin >= end;
    const top = Math.min(begin, end);
    const jump = log.childElementCount >= MOST_ROWS || Math.abs(top - log.scrollTop) > 2 * log.clientHeight;
    log.scrollTo({ top, behavior: jump ? "instant" : "auto" });
  }
}
