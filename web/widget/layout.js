// The widget's fixed parts, in a shadow root of their own.

import { h, icon, styled } from "./dom.js";
import { texts } from "./texts.js";
import style from "./style.css";

/** Build the parts; returns those that others work with. */
export function layout(root) {
  styled(root, style);
  const state = h("p", { class: "state", role: "status" }, texts.connecting);
  const restart = h("button", { type: "button", class: "restart" }, icon("restart"), h("span", {}, texts.restart));
  const close = h("button", { type: "button", class: "icon-button", "aria-label": texts.close, title: texts.close }, icon("close"));
  const log = h("div", { class: "log", role: "log", "aria-label": texts.log, "aria-live": "polite", tabindex: "0" });
  const typing = h("div", { class: "typing", role: "status" });
  const newer = h("button", { type: "button", class: "newer", hidden: true }, icon("down"), texts.newMessages);
  const input = h("textarea", {
    id: "words",
    rows: "1",
    placeholder: texts.placeholder,
    enterkeyhint: "send",
    autocomplete: "off",
  });
  const attach = h("button", { type: "button", class: "icon-button", "aria-label": texts.attach, title: texts.attach }, icon("attach"));
  const send = h("button", { type: "submit", class: "send", "aria-label": texts.send, title: texts.send }, icon("send"));
  const label = h("label", { for: "words", class: "hidden" }, texts.input);
  const form = h("form", { class: "composer" }, attach, label, input, send);
  const dialog = h(
    "dialog",
    { "aria-labelledby": "restart-title" },
    h(
      "form",
      { method: "dialog" },
      h("h2", { id: "restart-title" }, texts.restartTitle),
      h("p", {}, texts.restartBody),
      h("p", {}, texts.eraseBody),
      h(
        "div",
        { class: "card-actions" },
        h("button", { value: "no", class: "choice" }, texts.restartNo),
        h("button", { value: "erase", class: "choice" }, texts.erase),
        h("button", { value: "yes", class: "choice primary" }, texts.restartYes),
      ),
    ),
  );
  const head = h("header", {}, h("div", { class: "title" }, h("h2", {}, texts.title), state), restart, root.host.hasAttribute("closable") ? close : null);
  root.append(head, h("div", { class: "stage" }, log, newer), typing, form, dialog);
  return { root, state, restart, close, log, typing, newer, input, attach, form, dialog };
}
