/* The small parts that everything on the page is made of.
 *
 * Whatever came from outside (question, notes, output of programs, error texts) enters the page as text nodes only:
 * every element is made by `element()`, and nothing parses HTML into the page. */

const announcer = document.querySelector("#announcer");

/** Make an element; a string child becomes a text node, null and false are left out. */
export function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "onclick") node.addEventListener("click", value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value != null) node.setAttribute(key, String(value));
  }
  node.append(...children.flat().filter((child) => child != null && child !== false));
  return node;
}

export const hiddenText = (text) => element("span", { class: "visually-hidden" }, text);

export function button(label, onclick, attributes = {}) {
  return element("button", { type: "button", onclick, ...attributes }, label);
}

/** The address if it leads to this site or to another by HTTP, with `.md` taken off for this site; else null. */
function safeAddress(address, base = location.href) {
  let url;
  try {
    url = new URL(address, base);
  } catch {
    return null;
  }
  if (!["http:", "https:"].includes(url.protocol)) return null;
  if (url.origin !== location.origin) return url.href;
  return url.pathname.replace(/\.(md|mdx|markdown)$/, "") + url.search + url.hash;
}

export function link(address, text, { base, ...attributes } = {}) {
  const href = safeAddress(address, base);
  if (href === null) return element("span", attributes, text);
  const outside = href.startsWith("http");
  return element("a", { href, rel: outside ? "noopener noreferrer nofollow" : null, ...attributes }, text);
}

export function announce(text) {
  announcer.append(element("p", {}, text));
  while (announcer.childElementCount > 5) announcer.firstElementChild.remove();
}

export async function copyText(text, from) {
  const copied = await writeClipboard(text);
  const label = from.dataset.label ?? (from.dataset.label = from.textContent);
  from.textContent = copied ? "Copied" : "Copy failed";
  announce(from.textContent);
  setTimeout(() => (from.textContent = label), 1600);
}

async function writeClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Plain HTTP on another host than localhost has no clipboard API.
    const area = element("textarea", { class: "visually-hidden", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    return copied;
  }
}

/** Wide content scrolls in a box of its own, which the keyboard can reach. */
export function scrollable(node, label) {
  return element("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": label }, node);
}

export function codeBlock(code, label = "Code") {
  return element("pre", { tabindex: "0", "aria-label": label }, element("code", {}, code.replace(/\n$/, "")));
}

export function place(path, startLine, endLine) {
  return startLine === endLine ? `${path}:${startLine}` : `${path}:${startLine}-${endLine}`;
}

export function duration(milliseconds) {
  return milliseconds < 1000 ? `${Math.max(1, Math.round(milliseconds))} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

export function relativeTime(timestamp) {
  const seconds = (Date.parse(timestamp) - Date.now()) / 1000;
  if (Number.isNaN(seconds)) return timestamp;
  if (seconds > -45) return "just now";
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const [unit, size] = units.find(([, length]) => -seconds >= length);
  return words.format(Math.round(seconds / size), unit);
}
