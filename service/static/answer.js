/* What came back for a question, as elements: answer, excerpts, examples, sources, follow-ups. */

import { button, copyText, duration, element, hiddenText, link, place } from "./elements.js";
import { exampleNode } from "./examples.js";
import { inlineNodes, markdownNodes } from "./markdown.js";

function confidenceWord(confidence) {
  if (confidence >= 0.75) return "High";
  return confidence >= 0.45 ? "Medium" : "Low";
}

export function answerNodes(turn, body) {
  return [
    body.answered ? directAnswer(turn, body) : noAnswer(body),
    element("div", { class: "evidence" },
      section("Excerpts", body.excerpts.map((excerpt) => excerptNode(turn, excerpt))),
      section("Examples", body.examples.map((example) => exampleNode(example)))),
    body.answered && sourcesNode(body.sources),
    followUpsNode(body.follow_ups),
    footNode(turn, body),
  ];
}

function section(title, nodes) {
  return nodes.length > 0 && element("section", {}, element("h3", {}, title), nodes);
}

function directAnswer(turn, { answer, confidence, excerpts }) {
  const blocks = markdownNodes(answer.text, excerpts[0]?.url);
  const marks = [...new Map(answer.citations.map((citation) => [citation.excerpt, citation])).values()];
  const last = blocks.at(-1)?.matches?.("p") ? blocks.at(-1) : blocks[blocks.push(element("p")) - 1];
  last.append(...marks.map((citation) => citationMark(turn, citation)));
  return element(
    "div",
    { class: "direct" },
    blocks,
    element("p", { class: "meta" }, confidenceNode(confidence), answer.kind === "generated" && "Written by a language model"),
  );
}

function confidenceNode(confidence) {
  const word = confidenceWord(confidence);
  return element("span", { class: `confidence ${word.toLowerCase()}` }, `${word} confidence (${confidence.toFixed(2)})`);
}

function citationMark(turn, { excerpt, page, start_line, end_line }) {
  const id = excerptId(turn, excerpt);
  const title = place(page, start_line, end_line);
  return element("sup", {}, element("a", { class: "citation", href: `#${id}`, title, "aria-label": `Excerpt ${excerpt}, ${title}`,
    onclick: (event) => { event.preventDefault(); showExcerpt(id); } }, String(excerpt)));
}

const excerptId = (turn, rank) => `turn-${turn.id}-excerpt-${rank}`;

function showExcerpt(id) {
  const node = document.getElementById(id);
  if (!node) return;
  node.open = true;
  node.querySelector("summary").focus({ preventScroll: true });
  node.scrollIntoView({ block: "center" });
  node.classList.remove("flash");
  void node.offsetWidth; // restarts the animation when the same mark is pressed twice
  node.classList.add("flash");
}

function noAnswer({ reason, confidence, sources }) {
  return element(
    "div",
    { class: "direct none" },
    element("p", { class: "not-in-notes" }, "Not in the notes."),
    reason && element("p", {}, reason),
    sources.length > 0 && [element("p", {}, "The nearest pages:"), sourceList(sources)],
    element("p", { class: "meta" }, confidenceNode(confidence)),
  );
}

function sourceList(sources) {
  return element("ul", { class: "sources" }, sources.map(({ title, url }) => element("li", {}, link(url, title))));
}

function sourcesNode(sources) {
  return sources.length > 0 && element("section", {}, element("h3", {}, "Sources"), sourceList(sources));
}

function excerptNode(turn, excerpt) {
  const where = place(excerpt.page, excerpt.start_line, excerpt.end_line);
  const name = (excerpt.headings.length > 0 ? excerpt.headings : [excerpt.title]).join(" › ");
  return element(
    "details",
    { class: "excerpt", id: excerptId(turn, excerpt.rank), open: excerpt.rank === 1 },
    element("summary", {},
      element("span", { class: "rank" }, hiddenText("Excerpt "), String(excerpt.rank)),
      element("span", { class: "name" }, name),
      element("span", { class: "where" }, where)),
    element("div", { class: "excerpt-text" }, excerptText(excerpt)),
    element("p", { class: "meta" }, link(excerpt.url, "Read it on its page")),
  );
}

/** The excerpt's text without its heading, which stands above it already. */
function excerptText({ text, headings, url }) {
  const nodes = markdownNodes(text, new URL(url, location.href));
  const repeated = nodes[0]?.className === "excerpt-heading" && nodes[0].textContent === headings.at(-1);
  return repeated ? nodes.slice(1) : nodes;
}

function followUpsNode(followUps) {
  if (followUps.length === 0) return null;
  return element("section", {}, element("h3", {}, "Ask next"),
    element("ul", { class: "chips" }, followUps.map(({ question }) => element("li", {}, questionChip(question, question)))));
}

/** A link to a question; the page asks it in place, a new tab asks it by its address. */
export function questionChip(label, question) {
  return element("a", { class: "chip", href: questionAddress(question), "data-question": question }, label);
}

function footNode(turn, body) {
  const address = new URL(questionAddress(body.question, { ...turn.context, goal: body.goal }), location.href).href;
  return element("p", { class: "meta foot" },
    button("Copy link", (event) => copyText(address, event.currentTarget), { class: "quiet" }),
    element("span", {}, `Answered in ${duration(body.took_ms)}`));
}

/** The address of this page that asks a question at once. */
export function questionAddress(question, { page, goal } = {}) {
  const query = new URLSearchParams({ ask: question });
  if (page) query.set("page", page);
  if (goal) query.set("goal", goal);
  return `/?${query}`;
}
