// Prints one part of the page, from a frame of its own: on whatever portal the widget stands.

const STYLE = `
  body { font: 14pt/1.5 system-ui, "Noto Sans", sans-serif; margin: 2cm; color: #000; }
  h3 { font-size: 18pt; text-align: center; }
  .code strong { display: block; font-size: 18pt; letter-spacing: 0.04em; }
  dl div { margin: 8pt 0; } dt { color: #444; } dd { margin: 0; font-weight: 600; }
`;

/** Print copies of `elements` under the document title `title`. */
export function printed(title, elements) {
  const frame = document.createElement("iframe");
  frame.setAttribute("aria-hidden", "true");
  frame.tabIndex = -1;
  // Out of sight, but laid out: some browsers print nothing from a frame that is not.
  Object.assign(frame.style, { position: "fixed", right: "0", bottom: "0", width: "0", height: "0", border: "0" });
  document.body.append(frame);
  const inside = frame.contentWindow;
  // A sheet made there, not a style element: a strict content-security policy lets it through.
  const sheet = new inside.CSSStyleSheet();
  sheet.replaceSync(STYLE);
  inside.document.adoptedStyleSheets = [sheet];
  inside.document.title = title;
  inside.document.documentElement.lang = "vi";
  for (const element of elements) inside.document.body.append(inside.document.importNode(element, true));
  inside.addEventListener("afterprint", () => frame.remove());
  inside.focus();
  inside.print();
}
