// The portal page around the chat: the question box and the quick choices speak through the widget.

const chat = document.querySelector("mot-cua-chat");

function ask(text, payload) {
  const sent = chat.say(text, payload);
  // On a narrow page the chat stands below what was pressed.
  chat.scrollIntoView({ block: "nearest" });
  return sent;
}

document.querySelector("#ask").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = event.target.elements.question;
  const text = field.value.trim();
  if (!text) return field.focus();
  if (ask(text)) field.value = "";
});

for (const button of document.querySelectorAll("[data-say]"))
  button.addEventListener("click", () => ask(button.dataset.say, button.dataset.payload));

chat.addEventListener("talk", () => {
  if (document.body.classList.contains("talking")) return;
  document.body.classList.add("talking");
  // On a narrow page the chat now fills the screen below the header.
  if (matchMedia("(max-width: 59.99rem)").matches) scrollTo(0, 0);
});
chat.addEventListener("restart", () => document.body.classList.remove("talking"));
