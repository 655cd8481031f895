/* Shows a piece of Markdown as elements: what excerpts need, no more. Unknown markup stays as text. */

import { codeBlock, element, link, scrollable } from "./elements.js";

const INLINE = new RegExp(
  [
    "(?<ticks>`+)(?<code>(?!`)[^]*?(?<!`))\\k<ticks>(?!`)",
    "\\*\\*(?<strong>(?!\\s)[^]*?\\S)\\*\\*",
    "(?<![\\w*])[*_](?<emphasis>[^\\s*_](?:[^*_]*[^\\s*_])?)[*_](?![\\w*])",
    "!?\\[(?<label>[^\\]]*)\\]\\((?<target>[^()\\s]*)(?:\\s+\"[^\"]*\")?\\)",
    "\\\\(?<escaped>[!-/:-@[-`{-~\\n])",
    "&(?<entity>#\\d{1,7}|#x[\\da-f]{1,6}|amp|lt|gt|quot|nbsp);",
  ].join("|"),
  "gi",
);
const LIST_ITEM = /^(\s*)(?:[-*+]|(\d{1,9})[.)])\s+(.*)$/;
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: "\u00a0" };

function entityText(name) {
  if (!name.startsWith("#")) return ENTITIES[name.toLowerCase()];
  const code = /^#x/i.test(name) ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
  return code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
}

/** Text with inline code, emphasis and links, as a list of nodes and strings. */
export function inlineNodes(text, base) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    nodes.push(text.slice(end, match.index), inlineNode(match.groups, base));
    end = match.index + match[0].length;
  }
  nodes.push(text.slice(end));
  return nodes.filter((node) => node !== "");
}

function inlineNode({ code, strong, emphasis, label, target, escaped, entity }, base) {
  if (code !== undefined) return element("code", {}, code);
  if (strong !== undefined) return element("strong", {}, inlineNodes(strong, base));
  if (emphasis !== undefined) return element("em", {}, inlineNodes(emphasis, base));
  if (label !== undefined) return link(target, label || target, { base });
  if (entity !== undefined) return entityText(entity);
  return escaped === "\n" ? element("br") : escaped;
}

/** Blocks of a piece of Markdown: headings, fences, lists, quotes, tables, paragraphs. Unknown markup stays as text. */
export function markdownNodes(text, base) {
  const lines = text.split(/\r\n|\r|\n/);
  const nodes = [];
  while (lines.length > 0) {
    const node = nextBlock(lines, base);
    if (node) nodes.push(node);
  }
  return nodes;
}

function nextBlock(lines, base) {
  const line = lines.shift();
  const trimmed = line.trim();
  if (trimmed === "") return null;
  const fence = fenceMark(trimmed);
  if (fence) return fencedBlock(lines, line.indexOf(fence), fence);
  if (/^<pre\b/i.test(trimmed)) return preBlock(line, lines);
  if (/^\{%.*%\}$/.test(trimmed)) return dialectLabel(trimmed);
  if (/^(?: {4}|\t)/.test(line)) return codeBlock(dedent([line, ...takeWhile(lines, isIndented)]).join("\n").trimEnd());
  const heading = /^#{1,6}\s+(.*?)#*$/.exec(trimmed);
  if (heading) return element("p", { class: "excerpt-heading" }, inlineNodes(heading[1].trim(), base));
  if (trimmed.startsWith(">")) return quoteBlock(line, lines, base);
  if (trimmed.startsWith("|") && /^\s*\|?[\s:|-]*-[\s:|-]*$/.test(lines[0] ?? "")) return tableBlock(trimmed, lines, base);
  if (LIST_ITEM.test(line)) return listBlock(line, lines, base);
  return paragraphBlock(trimmed, lines, base);
}

/** The run of backticks or tildes that opens a fence, or an empty string. */
function fenceMark(trimmed) {
  const mark = /^(?:`{3,}|~{3,})/.exec(trimmed)?.[0] ?? "";
  return mark.startsWith("`") && trimmed.slice(mark.length).includes("`") ? "" : mark;
}

function fencedBlock(lines, indent, fence) {
  const code = [];
  while (lines.length > 0) {
    const line = lines.shift();
    const closing = line.trim();
    if (closing.length >= fence.length && closing === fence[0].repeat(closing.length)) break;
    code.push(line.slice(Math.min(indent, line.length - line.trimStart().length)));
  }
  return codeBlock(code.join("\n"));
}

/** GitBook writes highlighted code as HTML; an inert document gives its text without running or loading anything. */
function preBlock(first, lines) {
  const html = [first];
  while (!/<\/pre>/i.test(html.at(-1)) && lines.length > 0) html.push(lines.shift());
  return codeBlock(new DOMParser().parseFromString(html.join("\n"), "text/html").body.textContent);
}

function dialectLabel(tag) {
  const label = /\b(?:title|style)="([^"]*)"/.exec(tag)?.[1];
  return label ? element("p", { class: "excerpt-label" }, label) : null;
}

const isIndented = (line) => line.trim() === "" || /^(?: {4}|\t)/.test(line);

function takeWhile(lines, accept) {
  const taken = [];
  while (lines.length > 0 && accept(lines[0])) taken.push(lines.shift());
  return taken;
}

function quoteBlock(first, lines, base) {
  const quoted = [first, ...takeWhile(lines, (line) => line.trim().startsWith(">"))];
  return element("blockquote", {}, markdownNodes(quoted.map((line) => line.replace(/^\s*> ?/, "")).join("\n"), base));
}

const endsParagraph = (line) =>
  line.trim() === "" || fenceMark(line.trim()) || /^\s*(?:#{1,6}\s|>|\{%|<pre\b)/i.test(line) || LIST_ITEM.test(line);

function paragraphBlock(first, lines, base) {
  const rest = takeWhile(lines, (line) => !endsParagraph(line)).map((line) => line.trim());
  return element("p", {}, inlineNodes([first, ...rest].join("\n"), base));
}

/** A list with the blocks of its items: an item's own lines are those indented past its marker. */
function listBlock(first, lines, base) {
  const [, indent, number] = LIST_ITEM.exec(first);
  const list = element(number ? "ol" : "ul", number ? { start: number } : {});
  let line = first;
  while (line !== undefined) {
    const inside = takeWhile(lines, (next) => next.trim() === "" || next.search(/\S/) > indent.length);
    const text = [LIST_ITEM.exec(line)[3], ...dedent(inside)].join("\n");
    list.append(element("li", {}, markdownNodes(text, base)));
    const next = LIST_ITEM.exec(lines[0] ?? "");
    line = next && Boolean(next[2]) === Boolean(number) ? lines.shift() : undefined;
  }
  return list;
}

function dedent(lines) {
  const indents = lines.filter((line) => line.trim()).map((line) => line.search(/\S/));
  const shared = Math.min(...indents, Infinity);
  return lines.map((line) => line.slice(shared));
}

function tableBlock(first, lines, base) {
  const cells = (row) => row.trim().replace(/^\||(?<!\\)\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim());
  const row = (line, tag) => element("tr", {}, cells(line).map((cell) => element(tag, {}, inlineNodes(cell, base))));
  lines.shift();
  const body = takeWhile(lines, (line) => line.includes("|"));
  const table = element("table", {}, element("thead", {}, row(first, "th")), element("tbody", {}, body.map((line) => row(line, "td"))));
  return scrollable(table, "Table");
}

