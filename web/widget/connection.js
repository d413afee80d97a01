// The line to the gateway: a session, a socket, and plain HTTP where no socket gets through.
//
// A message stays in the queue until the gateway has said that it is kept; it is sent again under the
// same id, so that it is answered once. After every interruption the page asks for what it missed.

import { io } from "socket.io-client";
import { Session } from "./session.js";

const ACK_MS = 10_000;
const CONNECT_MS = 8_000;
const RETRY_MS = 3_000;
const SOCKET_TRIES = 3;

/** Events: welcome {greeting, text_max, upload_max_bytes}, state {state}, message {…}, said {…}, history {messages}, ended {erased}, busy, turn, kept, refused {message_id, detail}. */
export class Connection extends EventTarget {
  constructor(base) {
    super();
    this.base = base;
    this.session = new Session(base);
    this.last = 0;
    this.queue = [];
    this.failures = 0;
    this.flushing = false;
    this.closed = false;
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /** Open or resume the session, show what was said, and connect. */
  async open() {
    this.tell("state", "connecting");
    try {
      await this.enter();
      await this.catchUp();
    } catch (error) {
      this.tell("state", "offline");
      if (error.detail) this.tell("refused", { detail: error.detail });
      setTimeout(() => this.closed || this.open(), Math.max(RETRY_MS, 1000 * (error.retry_after ?? 0)));
      return;
    }
    this.connect();
    this.flush();
  }

  async enter() {
    this.tell("welcome", await this.session.open());
  }

  connect() {
    this.socket = io(this.base, {
      auth: (show) => show(this.session.token ? { token: this.session.token } : {}),
      path: "/socket.io",
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      timeout: CONNECT_MS,
    });
    this.socket.on("connect", async () => {
      this.failures = 0;
      this.tell("state", "online");
      await this.catchUp().catch(() => {});
      this.flush();
    });
    this.socket.on("disconnect", (reason) => {
      this.tell("state", "offline");
      if (reason === "io server disconnect") this.socket.connect();
    });
    this.socket.on("connect_error", () => {
      this.failures += 1;
      if (this.failures > 1) this.tell("state", "offline");
      if (this.failures < SOCKET_TRIES) return;
      // No socket gets through: each failed try is the occasion to look over plain HTTP.
      this.catchUp().then(() => this.tell("state", "online"), () => {});
      this.flush();
    });
    this.socket.on("bot_uttered", (message) => this.arrived(message));
    this.socket.on("user_uttered", (message) => this.tell("said", message));
    this.socket.on("turn_ended", () => this.tell("turn"));
    this.socket.on("session_ended", (how) => this.begin(how));
  }

  arrived(message) {
    this.last = Math.max(this.last, message.id);
    this.tell("message", this.whole(message));
  }

  /** The message with addresses that also hold on another portal's page. */
  whole(message) {
    const address = (url) => (url?.startsWith("/") ? this.base + url : url);
    const { image, custom } = message;
    return { ...message, image: address(image), custom: custom && { ...custom, url: address(custom.url) } };
  }

  /** Ask for what was said since the last message that this page has seen. */
  async catchUp() {
    const first = this.last === 0;
    const response = await this.session.fetch(`/api/chat/messages?after=${this.last}`);
    if (response.status === 401) return this.enter();
    if (!response.ok) throw new Error(`history: ${response.status}`);
    const { messages, last, busy } = await response.json();
    this.last = Math.max(this.last, last);
    if (first) this.tell("history", messages.map((one) => this.whole(one)));
    else for (const one of messages.map((one) => this.whole(one))) this.tell(one.from === "citizen" ? "said" : "message", one);
    if (busy) this.tell("busy");
    else if (!this.queue.length) this.tell("turn");
  }

  /** Send {text?, payload?, message_id}; kept in the queue until the gateway has it. */
  send(message) {
    this.queue.push(message);
    this.flush();
  }

  async flush() {
    if (this.flushing) return;
    this.flushing = true;
    try {
      while (this.queue.length && (await this.deliver(this.queue[0]))) this.queue.shift();
    } finally {
      this.flushing = false;
    }
    if (this.queue.length && !this.closed) setTimeout(() => this.flush(), RETRY_MS);
  }

  /** Hand one message over; whether the gateway has taken or refused it. */
  async deliver(message) {
    const answer = this.socket?.connected ? await this.emit(message) : await this.post(message);
    if (answer === null) return false;
    if (answer.status === 401) {
      await this.enter().catch(() => {});
      this.socket?.disconnect().connect();
      return false;
    }
    if (answer.status === 429 || (answer.status >= 400 && answer.status < 500)) {
      this.tell("refused", { message_id: message.message_id, detail: answer.detail });
      return true;
    }
    if (answer.status >= 500) return false;
    this.tell("kept", { message_id: message.message_id });
    return true;
  }

  async emit(message) {
    try {
      return await this.socket.timeout(ACK_MS).emitWithAck("user_uttered", message);
    } catch {
      return null;
    }
  }

  async post(message) {
    // While the socket may still come up it is quicker to wait for it.
    if (!this.socket || this.failures < SOCKET_TRIES) return null;
    try {
      const response = await this.session.fetch("/api/chat/messages", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(message),
      });
      const body = await response.json();
      for (const reply of body.replies ?? []) this.arrived(reply);
      if (body.state && body.state !== "waiting") this.tell("turn");
      return { status: response.status, detail: body.detail };
    } catch {
      return null;
    }
  }

  /**
   * Upload files, as one message, with progress.
   * @returns {{done: Promise<void>, cancel: () => void}} `done` rejects with an Error whose message is for the citizen.
   */
  upload(files, message_id, onProgress) {
    const request = new XMLHttpRequest();
    const done = new Promise((resolve, reject) => {
      request.open("POST", `${this.base}/api/chat/uploads?message_id=${message_id}`);
      for (const [name, value] of Object.entries(this.session.headers)) request.setRequestHeader(name, value);
      request.upload.addEventListener("progress", (event) => event.lengthComputable && onProgress(event.loaded / event.total));
      request.addEventListener("load", () => {
        let body = {};
        try {
          body = JSON.parse(request.responseText);
        } catch {
          // A proxy's own page: treated as a failure without a text.
        }
        if (request.status >= 400) return reject(new Error(body.detail || ""));
        for (const reply of body.replies ?? []) this.arrived(reply);
        if (body.state !== "waiting") this.tell("turn");
        resolve();
      });
      request.addEventListener("error", () => reject(new Error("")));
      request.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
    });
    const form = new FormData();
    for (const file of files) form.append("file", file, file.name);
    request.send(form);
    return { done, cancel: () => request.abort() };
  }

  /** End the conversation on this device and begin a new one. */
  async restart() {
    this.queue = [];
    this.socket?.disconnect();
    await this.session.end();
    await this.begin();
  }

  /** Begin a new conversation where this page's was ended: erased, or on another page of the citizen. */
  async begin(how = {}) {
    this.tell("ended", how);
    this.socket?.disconnect();
    this.session.forget();
    this.last = 0;
    await this.open();
  }

  close() {
    this.closed = true;
    this.socket?.disconnect();
  }
}
