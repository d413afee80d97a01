// The preview of a form: what was tried is kept here, and played again whenever the file is saved.

const BUTTONS = { skip: "Bỏ qua", why: "Vì sao cần?", file: "Gửi tệp thử", later: "Nộp bản giấy sau" };
const RETRY_MS = 1000;
const part = (id) => document.getElementById(id);
let tries = [];
let seen = "";

function make(tag, text = "", name = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  if (name) element.className = name;
  return element;
}

function button(title, one) {
  const made = make("button", title);
  made.type = "button";
  made.addEventListener("click", () => attempt(one));
  return made;
}

function message({ by, kind, text, section, example }) {
  const row = make("li", "", `${by} ${kind}`);
  if (section) row.append(make("p", section, "section"));
  const prefix = kind === "taken" ? (text ? "Em ghi: " : "Em để trống.") : "";
  row.append(make("p", kind === "end" ? "Hết câu hỏi. Người dân xem lại và đồng ý:" : prefix + text));
  if (example) row.append(make("p", `Ví dụ: ${example}`, "example"));
  return row;
}

function showTalk(walk) {
  const log = part("log");
  log.replaceChildren(...walk.said.map(message));
  if (walk.consent) {
    const end = log.lastElementChild;
    end.append(...walk.summary.map((line) => make("p", line, "line")), make("p", walk.consent, "consent"));
  }
  part("options").replaceChildren(
    ...walk.options.map((label, at) => button(`${at + 1}. ${label}`, { kind: "text", text: label })),
    ...walk.buttons.map((kind) => button(BUTTONS[kind], { kind, text: BUTTONS[kind] })),
  );
  log.lastElementChild?.scrollIntoView({ block: "nearest" });
}

function showFile({ source, faults }) {
  part("faults").replaceChildren(...faults.map(({ line, text }) => make("li", line ? `Dòng ${line}: ${text.replace(/^line \d+, /, "")}` : text)));
  const marked = new Map(faults.map(({ line, text }) => [line, text]));
  part("source").replaceChildren(
    ...source.map((text, at) => {
      const row = make("li", text || " ");
      if (marked.has(at + 1)) {
        row.className = "fault";
        row.append(make("span", marked.get(at + 1).replace(/^line \d+, /, ""), "why"));
      }
      return row;
    }),
  );
}

async function show() {
  const answer = await fetch("/state", { method: "POST", body: JSON.stringify(tries) });
  const state = await answer.json();
  seen = state.digest;
  showFile(state);
  part("outline").textContent = state.outline.join("\n");
  document.body.classList.toggle("stale", !state.walk);
  if (state.walk) showTalk(state.walk);
  part("state").textContent = state.faults.length
    ? `Có ${state.faults.length} lỗi, sửa trong tệp rồi lưu lại.`
    : `Không có lỗi. Đã đọc lúc ${new Date().toLocaleTimeString("vi-VN")}.`;
}

function attempt(one) {
  tries = [...tries, one];
  return show();
}

part("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = part("input").value.trim();
  part("input").value = "";
  if (text) attempt({ kind: "text", text });
});
part("back").addEventListener("click", () => {
  tries = tries.slice(0, -1);
  show();
});
part("again").addEventListener("click", () => {
  tries = [];
  show();
});

async function follow() {
  for (;;) {
    try {
      const answer = await fetch(`/changes?seen=${seen}`);
      if ((await answer.json()).digest !== seen) await show();
    } catch {
      part("state").textContent = "Trang xem trước đã dừng. Chạy lại lệnh eform preview.";
      await new Promise((done) => setTimeout(done, RETRY_MS));
    }
  }
}

show().finally(follow);
