/* The chat page: the question box, the conversation and its place in the browser's history. */

import { answerNodes, questionAddress, questionChip } from "./answer.js";
import { announce, button, element, hiddenText } from "./elements.js";
import { RequestFailed, request } from "./requests.js";

const conversation = document.querySelector("#conversation");
const welcome = document.querySelector("#welcome");
const composer = document.querySelector("#composer");
const box = document.querySelector("#question");
const sendButton = document.querySelector("#send");
const stopButton = document.querySelector("#stop");
const REMEMBERED_TURNS = 6;

/** Questions in the order asked: `{id, question, context, answer, node, pending}`; those after the shown one are kept for Forward. */
let turns = [];
let nextTurn = 1;

/** Ask a question as a new turn; `record` says how the browser's history keeps it. */
function ask(question, { context = {}, record = "pushState" } = {}) {
  stopPending();
  for (const turn of turns.filter(({ node }) => node.hidden)) turn.node.remove();
  turns = turns.filter(({ node }) => node.isConnected);
  const turn = { id: `${Date.now().toString(36)}-${nextTurn++}`, question, context, pending: null, node: null };
  turn.body = element("div", { class: "turn-body" });
  turn.node = element("article", { class: "turn", "aria-labelledby": `turn-${turn.id}` },
    element("h2", { class: "asked", id: `turn-${turn.id}`, tabindex: "-1" }, question), turn.body);
  turns.push(turn);
  conversation.append(turn.node);
  history[record]({ turn: turn.id }, "", questionAddress(question, context));
  showTurns(turn);
  fill(turn);
}

async function fill(turn) {
  turn.pending = new AbortController();
  turn.body.setAttribute("aria-busy", "true");
  turn.body.replaceChildren(loadingNode());
  announce("Looking in the notes");
  updateComposer();
  try {
    const body = await answerOf(turn);
    turn.answer = body.answer?.text ?? "";
    turn.body.replaceChildren(...answerNodes(turn, body).filter(Boolean));
    addressAsUnderstood(turn, body);
    rememberSources(body.sources);
    announce(body.answered ? `Answer: ${body.answer.text}` : `Not in the notes. ${body.reason ?? ""}`);
  } catch (error) {
    const stopped = error.name === "AbortError";
    if (!stopped && !(error instanceof RequestFailed)) console.error(error);
    showProblem(turn, stopped ? "Stopped." : error instanceof RequestFailed ? error.message : "The answer could not be shown.");
  }
  turn.pending = null;
  turn.body.removeAttribute("aria-busy");
  updateComposer();
}

/** Ask the server: a question after others goes with them, since "and in Node?" means nothing alone. */
function answerOf(turn) {
  const { signal } = turn.pending;
  const context = Object.fromEntries(Object.entries(turn.context).filter(([, value]) => value));
  const earlier = turns.slice(0, turns.indexOf(turn)).slice(-REMEMBERED_TURNS);
  if (earlier.length === 0) {
    return request(`/ask?${new URLSearchParams({ q: turn.question, ...context, format: "json" })}`, { signal });
  }
  const messages = earlier.flatMap(({ question, answer }) => [
    { role: "user", content: question },
    ...(answer ? [{ role: "assistant", content: answer }] : []),
  ]);
  messages.push({ role: "user", content: turn.question });
  const headers = { "content-type": "application/json" };
  return request("/chat", { method: "POST", headers, body: JSON.stringify({ messages, ...context }), signal });
}

/** Let the address hold what the conversation added, so that it gives the same answer when it is opened alone. */
function addressAsUnderstood(turn, { question, goal }) {
  if (history.state?.turn !== turn.id) return;
  if (question === turn.question && goal === (turn.context.goal ?? "")) return;
  history.replaceState(history.state, "", questionAddress(question, { ...turn.context, goal }));
}

function loadingNode() {
  const lines = [1, 2, 3].map(() => element("span", { class: "bone" }));
  return element("div", { class: "loading" }, hiddenText("Looking in the notes"), lines);
}

function showProblem(turn, sentence) {
  turn.body.replaceChildren(element("div", { class: "problem" }, element("p", {}, sentence),
    button("Retry", () => { stopPending(); fill(turn); turn.node.querySelector("h2").focus(); })));
  announce(sentence);
}

/** Show the conversation up to a turn, as it was when that was asked; null shows the start. */
function showTurns(current) {
  const last = turns.indexOf(current);
  turns.forEach((turn, position) => {
    turn.node.hidden = position > last;
    turn.node.classList.toggle("current", position === last);
  });
  welcome.hidden = last >= 0;
  document.title = current ? `${current.question.slice(0, 60)} - Ask the notes` : "Ask the notes";
  (current?.node ?? welcome).scrollIntoView({ block: "start" });
}

function stopPending() {
  for (const turn of turns) turn.pending?.abort();
}

function updateComposer() {
  const pending = turns.some((turn) => turn.pending);
  sendButton.hidden = pending;
  stopButton.hidden = !pending;
}

function openAddress(record) {
  const query = new URLSearchParams(location.search);
  const question = (query.get("ask") ?? query.get("q") ?? "").trim();
  if (!question) return showTurns(null);
  return ask(question, { context: { page: query.get("page"), goal: query.get("goal") }, record });
}

function rememberSources(sources) {
  const known = JSON.parse(sessionStorage.getItem("sources") ?? "[]");
  const titles = [...new Set([...sources.map(({ title }) => title), ...known])].slice(0, 4);
  sessionStorage.setItem("sources", JSON.stringify(titles));
  showTries();
}

function showTries() {
  const titles = JSON.parse(sessionStorage.getItem("sources") ?? "[]");
  const tries = document.querySelector("#tries");
  tries.hidden = titles.length === 0;
  tries.replaceChildren(...titles.map((title) => element("li", {}, questionChip(`Try: ${title}`, title))));
}

/* ---------------------------------------------------------------- the question box */

function fitBox() {
  box.rows = Math.min(6, box.value.split("\n").length);
}

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const question = box.value.trim();
  if (!question) return;
  box.value = "";
  fitBox();
  ask(question);
});

box.addEventListener("input", fitBox);
box.addEventListener("keydown", (event) => {
  // While an input method composes a character, Enter belongs to it.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  composer.requestSubmit();
});

stopButton.addEventListener("click", () => {
  stopPending();
  box.focus();
});

document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-question]");
  if (!chip || event.ctrlKey || event.metaKey || event.shiftKey) return; // a new tab or window, as for any link
  event.preventDefault();
  ask(chip.dataset.question);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && turns.some((turn) => turn.pending)) {
    stopPending();
    box.focus();
  } else if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest("input, textarea")) {
    event.preventDefault();
    box.focus();
  }
});

window.addEventListener("popstate", (event) => {
  const turn = turns.find(({ id }) => id === event.state?.turn);
  if (turn) showTurns(turn);
  else openAddress("replaceState");
});

showTries();
openAddress("replaceState");
if (matchMedia("(hover: hover)").matches) box.focus({ preventScroll: true }); // on a phone the keyboard would cover the page
