// Small helpers over the DOM. Text is only ever set as text, never parsed as HTML.

/** Make an element: h("button", {type: "button", onclick, "aria-label": "…"}, ...children). */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// Of what `medium` is; an old portal sets its own root to 10 px, and all that is in rem would shrink with it.
function rootScale() {
  const probe = h("span");
  Object.assign(probe.style, { all: "initial", position: "absolute" });
  document.body.append(probe);
  const medium = parseFloat(getComputedStyle(probe).fontSize);
  probe.remove();
  return medium / parseFloat(getComputedStyle(document.documentElement).fontSize);
}

/** Give a shadow root its style sheet; in media queries rem is the browser's own anyway. */
export function styled(root, css) {
  const scale = rootScale();
  const fitted = css.replace(/@media[^{]*|([\d.]+)rem/g, (found, size) => (size ? `${size * scale}rem` : found));
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(fitted);
  root.adoptedStyleSheets = [sheet];
  return root;
}

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  send: "M3 20.5v-7l9-1.5-9-1.5v-7L22 12z",
  attach: "M16.5 6.5v10a4.5 4.5 0 0 1-9 0V5a3 3 0 0 1 6 0v10.5a1.5 1.5 0 0 1-3 0V6.5H9v9a3 3 0 0 0 6 0V5a4.5 4.5 0 0 0-9 0v11.5a6 6 0 0 0 12 0v-10z",
  restart: "M12 5V1L6.5 6.5 12 12V7.5a5.5 5.5 0 1 1-5.5 5.5H4a8 8 0 1 0 8-8z",
  file: "M6 2h8l5 5v13a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2zm7 1.5V8h4.5zM8 12h8v1.5H8zm0 4h8v1.5H8z",
  down: "M12 16.5 5 9.5 6.5 8l5.5 5.5L17.5 8 19 9.5z",
  close: "m6.4 5 5.6 5.6L17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4-5.6-5.6L6.4 19 5 17.6l5.6-5.6L5 6.4z",
  chat: "M4 3h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2h-8l-5 4.5V17H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zm3 5v1.5h10V8zm0 3.5V13h7v-1.5z",
  check: "M9.5 16.2 5.3 12l-1.4 1.4 5.6 5.6 11-11-1.4-1.4z",
};

/** A decorative icon; the control that holds it carries the name. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" }))
    svg.setAttribute(key, value);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

const LINK = /https?:\/\/[^\s<>"]+[^\s<>".,;:!?)]/g;

/** A text with its addresses made links; line breaks are kept by the style sheet. */
export function linked(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    parts.push(text.slice(end, match.index), externalLink(match[0], match[0]));
    end = match.index + match[0].length;
  }
  parts.push(text.slice(end));
  return parts.filter(Boolean);
}

/** A link that opens beside the conversation; anything but a web address becomes plain text. */
export function externalLink(url, title) {
  if (!/^(https?:\/\/|\/(?!\/))/.test(url)) return document.createTextNode(title);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, title);
}
