// The portal page around the chat: the question box and the quick choices speak through the widget.

const chat = document.querySelector("mot-cua-chat");

function ask(text, payload) {
  chat.say(text, payload);
  // On a narrow page the chat stands below what was pressed.
  chat.scrollIntoView({ block: "nearest" });
}

document.querySelector("#ask").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = event.target.elements.question;
  const text = field.value.trim();
  if (!text) return field.focus();
  field.value = "";
  ask(text);
});

for (const button of document.querySelectorAll("[data-payload]"))
  button.addEventListener("click", () => ask(button.dataset.say, button.dataset.payload));

chat.addEventListener("talk", () => document.body.classList.add("talking"));
chat.addEventListener("restart", () => document.body.classList.remove("talking"));
