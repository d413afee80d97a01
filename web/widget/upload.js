// Files: the control under a message that asks for one, and the bubble of a file on its way.

import { h, icon } from "./dom.js";
import { texts } from "./texts.js";

const DEFAULT_ACCEPT = ["image/jpeg", "image/png", "application/pdf"];
const MEGABYTE = 1024 * 1024;
const MAX_FILES = 10; // as the gateway takes in one message

/** Why files cannot be sent together, in words, or null. The server looks for itself. */
export function filesFault(files, maxBytes) {
  if (files.length > MAX_FILES) return texts.tooManyFiles(MAX_FILES);
  for (const file of files) {
    const fault = fileFault(file, maxBytes);
    if (fault) return files.length > 1 ? `${file.name}: ${fault}` : fault;
  }
  return null;
}

function fileFault(file, maxBytes, accept = DEFAULT_ACCEPT) {
  if (file.size > maxBytes) return texts.tooLarge(Math.floor(maxBytes / MEGABYTE));
  if (file.type && !accept.some((kind) => kind === file.type || (kind.endsWith("/*") && file.type.startsWith(kind.slice(0, -1)))))
    return texts.wrongKind;
  return null;
}

/** Let the citizen choose files, one a page, or take a photo; `onFiles` gets them as a list. */
export function chooseFiles(onFiles, { accept = DEFAULT_ACCEPT, capture = false } = {}) {
  const input = h("input", { type: "file", accept: accept.join(","), multiple: !capture, capture: capture ? "environment" : null, hidden: true });
  input.addEventListener("change", () => {
    if (input.files.length) onFiles([...input.files]);
    input.remove();
  });
  return input;
}

/** The control under a message that asks for a paper: choose, photograph, or drop. */
export function uploadControl(card, send) {
  const accept = card.accept?.length ? card.accept : DEFAULT_ACCEPT;
  const pick = (capture) => (event) => {
    if (event.currentTarget.getAttribute("aria-disabled") === "true") return;
    const input = chooseFiles(send, { accept, capture });
    event.currentTarget.after(input);
    input.click();
  };
  const box = h(
    "div",
    { class: "card upload", role: "group", "aria-label": texts.received(card.label ?? "") },
    icon("file"),
    h("p", {}, card.label ?? ""),
    h("div", { class: "card-actions" },
      h("button", { type: "button", class: "choice current", onclick: pick(false) }, texts.chooseFile),
      matchMedia("(pointer: coarse)").matches
        ? h("button", { type: "button", class: "choice current", onclick: pick(true) }, texts.takePhoto)
        : h("span", { class: "hint" }, texts.dropFile),
    ),
  );
  box.addEventListener("dragover", (event) => {
    event.preventDefault();
    box.classList.add("over");
  });
  box.addEventListener("dragleave", () => box.classList.remove("over"));
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    box.classList.remove("over");
    if (event.dataTransfer.files.length) send([...event.dataTransfer.files]);
  });
  return box;
}

/** The body of a citizen's message that is a file; a preview where there is one. */
export function fileBody(name, size, preview) {
  const kilobytes = size ? `${Math.max(1, Math.round(size / 1024)).toLocaleString("vi-VN")} KB` : "";
  return h(
    "div",
    { class: "file" },
    preview ? h("img", { src: preview, alt: texts.preview(name) }) : icon("file"),
    h("span", { class: "file-name" }, name),
    kilobytes ? h("span", { class: "file-size" }, kilobytes) : null,
  );
}

/** A bar that shows how much of a file has gone, with a button to stop it. */
export function progressBar(name, onCancel) {
  const bar = h("progress", { max: "1", value: "0", "aria-label": texts.uploading(name) });
  const box = h(
    "div",
    { class: "progress" },
    bar,
    h("button", { type: "button", class: "icon-button", "aria-label": texts.cancelUpload(name), onclick: onCancel }, icon("close")),
  );
  return { box, set: (share) => (bar.value = share) };
}
