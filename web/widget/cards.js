// The assistant's cards. A card repeats its message's text in a better form; lines of the text that the
// card shows are not shown twice. A card is a group and no landmark: a talk may hold several of a name.

import { externalLink, h } from "./dom.js";
import { printed } from "./print.js";
import { texts } from "./texts.js";

function rows(pairs) {
  const list = h("dl");
  for (const [label, value] of pairs) if (value) list.append(h("div", {}, h("dt", {}, label), h("dd", {}, String(value))));
  return list;
}

function fee({ pay, fee }) {
  if (pay === "nothing") return texts.free;
  if (pay === "at_counter") return `${fee}, ${texts.atCounter}`;
  return fee || texts.unknownFee;
}

function receipt(card) {
  const heading = h("h3", {}, texts.receipt);
  const code = h("p", { class: "code" }, h("span", {}, texts.code), h("strong", {}, card.code));
  const list = rows([
    [texts.procedure, card.procedure],
    [texts.receivedAt, card.received_at],
    [texts.dueAt, card.due_at || texts.unknownDue],
    [texts.fee, fee(card)],
    [texts.collectAt, card.collect_at],
  ]);
  const copied = h("span", { role: "status", class: "copied" });
  const copy = async () => {
    await navigator.clipboard?.writeText(card.code);
    copied.textContent = texts.copied;
  };
  const box = h("div", { class: "card receipt", role: "group", "aria-label": texts.receipt }, heading, code, list);
  box.append(
    h(
      "div",
      { class: "card-actions" },
      h("button", { type: "button", class: "choice", onclick: () => printed(texts.receipt, [heading, code, list]) }, texts.print),
      navigator.clipboard ? h("button", { type: "button", class: "choice", onclick: copy }, texts.copy) : null,
      copied,
    ),
  );
  return box;
}

function status(card) {
  const steps = h("ol", { class: "steps" });
  for (const step of card.history ?? [])
    steps.append(h("li", {}, h("strong", {}, step.status_name), h("time", {}, step.at), step.note ? h("p", {}, step.note) : null));
  return h(
    "div",
    { class: "card status", role: "group", "aria-label": texts.status },
    h("h3", {}, texts.status),
    h("p", { class: "badge" }, card.status_name),
    rows([
      [texts.code, card.code],
      [texts.procedure, card.procedure],
      [texts.dueAt, card.due_at],
    ]),
    steps.childElementCount ? h("h4", {}, texts.history) : null,
    steps.childElementCount ? steps : null,
  );
}

function summary(card, say) {
  const list = h("ol", { class: "lines" });
  for (const line of card.lines)
    list.append(
      h(
        "li",
        {},
        h("span", { class: "number", "aria-hidden": "true" }, String(line.number)),
        h("span", { class: "label" }, line.label),
        h("span", { class: "value" }, line.value || "—"),
        h(
          "button",
          {
            type: "button",
            class: "edit current",
            "aria-label": texts.editLine(line.number, line.label),
            onclick: (event) => say(event.currentTarget, texts.editSay(line.number)),
          },
          texts.edit,
        ),
      ),
    );
  return h("div", { class: "card summary", role: "group", "aria-label": card.title }, h("h3", {}, card.title), list);
}

// Real buttons, best level first: stars for the eye, the level's name for everyone.
function rating(card, say) {
  const list = h("div", { class: "stars", role: "group", "aria-label": texts.rating(card.code) });
  for (const { stars, name, title, payload } of card.levels)
    list.append(
      h(
        "button",
        {
          type: "button",
          class: `choice current${stars === card.chosen ? " chosen" : ""}`,
          "aria-label": texts.stars(stars, name),
          onclick: (event) => say(event.currentTarget, title, payload),
        },
        h("span", { class: "star", "aria-hidden": "true" }, "★".repeat(stars) + "☆".repeat(5 - stars)),
        h("span", {}, name),
      ),
    );
  return h("div", { class: "card rating" }, list);
}

// A file opens for its own conversation only, so the page fetches it where no cookie goes with a link.
function link(card, save) {
  const shown = externalLink(card.url, card.title || card.url);
  if (card.file && new URL(card.url, location).origin !== location.origin)
    shown.addEventListener("click", (event) => {
      event.preventDefault();
      save(card);
    });
  return h("p", { class: "card link" }, shown);
}

/**
 * The card of a message, if it has one that is known here.
 * @param {object} card the message's `custom`
 * @param {(button: Element, text: string, payload?: string) => void} say sends for the citizen
 * @param {(card: object) => Element} upload makes the upload control
 * @param {(card: object) => void} save saves the file behind a link
 */
export function renderCard(card, say, upload, save) {
  const makers = { receipt, status, link: () => link(card, save), summary: () => summary(card, say), rating: () => rating(card, say), upload: () => upload(card) };
  return makers[card?.type]?.(card) ?? null;
}

const REPEATED = {
  receipt: [texts.code, texts.procedure, texts.receivedAt, texts.dueAt, texts.fee, texts.collectAt],
  status: [texts.procedure, texts.dueAt, texts.receivedAt, "Quá trình"],
};

/**
 * The message's text without the lines that its card shows: what stands before them and what after.
 * @returns {[string, string]}
 */
export function textAroundCard(text, card) {
  if (!["receipt", "status", "summary"].includes(card?.type)) return [text, ""];
  const starts = (REPEATED[card.type] ?? []).map((label) => `${label}:`);
  for (const line of card.lines ?? []) starts.push(`${line.number}. ${line.label}`);
  const steps = (card.history ?? []).map((step) => step.at);
  const around = [[], []];
  let passed = 0;
  for (const line of text.split("\n")) {
    const shown =
      starts.some((start) => line.startsWith(start)) || steps.some((at) => line.startsWith("•") && line.includes(at));
    if (shown) passed = 1;
    else around[passed].push(line);
  }
  return around.map((lines) => lines.join("\n").replace(/\n{3,}/g, "\n\n").trim());
}
