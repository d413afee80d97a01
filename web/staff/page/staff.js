// The console's script: htmx, and the few things that pages ask for by attributes.
import "htmx.org";

document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// Refusals come as parts of the page with their status: they are shown like any other answer.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status >= 400 && event.detail.xhr.status !== 401) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
    // Where a page has a place for them, what was asked for stays as it is.
    const place = document.getElementById("problem");
    if (place) {
      event.detail.target = place;
      event.detail.swapOverride = "innerHTML";
    }
  }
});

// A ready-made answer goes into the box, after what stands there.
document.addEventListener("change", (event) => {
  const box = document.getElementById(event.target.dataset.insert ?? "");
  if (!box || !event.target.value) return;
  box.value = [box.value.trimEnd(), event.target.value].filter(Boolean).join("\n");
  event.target.value = "";
  box.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.matches("[data-send]")) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.successful || !event.target.matches("[data-reset]")) return;
  event.target.reset();
  document.getElementById("problem")?.replaceChildren();
});

// Where a part that was replaced held the focus, the new one says where it goes on.
document.addEventListener("htmx:afterSettle", (event) => {
  if (document.activeElement === document.body) event.target.querySelector?.("[data-focus]")?.focus();
});

// A conversation shows its end, and follows it unless somebody reads further up.
const follow = () => {
  for (const log of document.querySelectorAll("[data-follow]")) log.scrollTop = log.scrollHeight;
};
follow();
let following = true;
document.addEventListener("htmx:beforeSwap", () => {
  const log = document.querySelector("[data-follow]");
  following = !log || log.scrollHeight - log.scrollTop - log.clientHeight < 80;
});
document.addEventListener("htmx:afterSwap", () => following && follow());
