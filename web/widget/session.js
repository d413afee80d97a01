// Whose conversation it is: on our own page a cookie says it, which no script sees; on another portal a token
// that is kept there, for browsers give no cookie to a page within a page of somebody else.

const KEY = "mot-cua-token";

// Storage may be switched off; then the conversation lasts as long as the page.
function stored(work) {
  try {
    return work(localStorage);
  } catch {
    return null;
  }
}

// Pages of one browser that are opened at once share one conversation: the second finds the first one's.
const alone = (work) => navigator.locks?.request("mot-cua-session", work) ?? work();

export class Session {
  /** @param {string} base the gateway's origin */
  constructor(base) {
    this.base = base;
    this.foreign = base !== location.origin;
    this.token = this.foreign ? stored((storage) => storage.getItem(KEY)) : null;
  }

  get headers() {
    return this.token ? { Authorization: `Bearer ${this.token}` } : {};
  }

  /** fetch() as this session; `path` may also be a whole address of the gateway. */
  fetch(path, { headers, ...options } = {}) {
    return fetch(new URL(path, this.base), {
      credentials: this.foreign ? "omit" : "same-origin",
      headers: { ...this.headers, ...headers },
      ...options,
    });
  }

  /** Where the page finds a picture; one that opens for this conversation only is fetched first. */
  async address(url) {
    if (!this.foreign || !url.startsWith(`${this.base}/files/`)) return url;
    const response = await this.fetch(url);
    return response.ok ? URL.createObjectURL(await response.blob()) : url;
  }

  /** Begin or go on; what the gateway says of itself: {greeting, text_max, upload_max_bytes}. */
  open() {
    return alone(() => this.begin());
  }

  async begin() {
    if (this.foreign) this.token ??= stored((storage) => storage.getItem(KEY));
    const response = await this.fetch("/api/chat/sessions", { method: "POST" });
    const body = await response.json().catch(() => ({}));
    if (!response.ok) throw Object.assign(new Error(`session: ${response.status}`), body);
    if (this.foreign && body.token) this.keep(body.token);
    return body;
  }

  /** End it on this device. */
  async end() {
    await this.fetch("/api/chat/sessions", { method: "DELETE" });
    this.forget();
  }

  /** Hold its token no longer. */
  forget() {
    stored((storage) => storage.getItem(KEY) === this.token && storage.removeItem(KEY));
    this.token = null;
  }

  keep(token) {
    this.token = token;
    stored((storage) => storage.setItem(KEY, token));
  }
}
