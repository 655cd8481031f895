/* An example of the notes as a card: its code, what was added to make it run, what it printed, and a Run button. */

import { announce, button, codeBlock, copyText, duration, element, link, place, relativeTime } from "./elements.js";
import { makeEditable } from "./editing.js";
import { inlineNodes } from "./markdown.js";
import { request } from "./requests.js";

const STATUS_WORDS = {
  ok: "ran",
  error: "raised an error",
  timeout: "timed out",
  cpu_limit: "used up its CPU time",
  memory_limit: "ran out of memory",
  process_limit: "started too many processes",
  output_limit: "printed too much",
  disk_limit: "wrote too much",
  forbidden_syscall: "tried a forbidden call",
  virtual_time_limit: "slept too long",
  killed: "was killed",
  not_runnable: "not runnable",
  sandbox_error: "sandbox failed",
  sandbox_unavailable: "sandbox unavailable",
};


export function exampleNode(example) {
  const where = place(example.page, example.start_line, example.end_line);
  const result = element("div", { class: "result" });
  const header = element("header", {},
    example.title && element("span", { class: "name" }, example.title),
    link(example.url, where, { class: "where" }),
    example.origin && element("span", { class: "where" }, `from ${example.origin}`),
    element("span", { class: "language" }, example.language),
    button("Copy", (event) => copyText(example.code, event.currentTarget), { class: "quiet", "aria-label": "Copy the code" }));
  const code = codeBlock(example.code, "Code of the example");
  const node = element("article", { class: "example", "aria-label": `Example ${where}` },
    header, code, assembledNode(example), result);
  const shown = { ...example, edited: makeEditable(example, header, code) };
  showRun(result, shown, example.run);
  return node;
}

function assembledNode({ assembled, program, code }) {
  const added = [assembled ?? []].flat().filter(Boolean);
  if (added.length === 0) return null;
  return element("details", { class: "assembled" },
    element("summary", {}, "What was added to make it run"),
    element("ul", {}, added.map((text) => element("li", {}, inlineNodes(String(text))))),
    program && program !== code && codeBlock(program, "The program that ran"));
}

function showRun(result, example, run) {
  result.removeAttribute("aria-busy");
  result.replaceChildren(...runNodes(example, run), runBar(result, example, run));
}

function runNodes(example, run) {
  if (!run) return [];
  return [
    (run.error || run.reason) && element("p", { class: "reason" }, run.error || run.reason),
    run.stdout && stream("Output", run.stdout, "stdout"),
    run.stderr && stream("Errors", run.stderr, "stderr"),
    run.status === "ok" && !run.stdout && !run.stderr && element("p", { class: "reason" }, "It printed nothing."),
    run.timeline_text && timelineNode(run),
    run.truncated && element("p", { class: "reason" }, "The output was cut here."),
    run.matches_expected === false && example.expected_output && stream("The notes state", example.expected_output, "expected"),
  ].filter(Boolean);
}

/** When each task ran and waited: the picture and the same in words; of edited code, which is not kept, in words alone. */
function timelineNode({ timeline, timeline_text: text }) {
  const words = element("p", {}, text);
  const picture = () => link(timeline, element("img", { src: timeline, alt: "Timeline of the tasks; the same in words follows", loading: "lazy" }));
  return element("figure", { class: "timeline" },
    element("figcaption", { class: "stream-title" }, "Tasks over time"),
    timeline && picture(),
    timeline ? element("details", {}, element("summary", {}, "The same in words"), words) : words);
}

function stream(title, text, kind) {
  return element("div", { class: `stream ${kind}` }, element("p", { class: "stream-title" }, title), codeBlock(text, title));
}

function runBar(result, example, run) {
  const status = run?.status ?? "none";
  return element("div", { class: "run-bar" },
    element("span", { class: `badge ${status}` }, run ? STATUS_WORDS[status] ?? status : "not run yet"),
    typeof run?.matches_expected === "boolean" && matchMark(run.matches_expected),
    element("span", { class: "facts" }, runFacts(run)),
    status !== "not_runnable" && button("Run", (event) => runExample(result, example, event.currentTarget), { class: "run" }));
}

function matchMark(matches) {
  return element("span", { class: matches ? "match" : "match differs" },
    matches ? "✓ as the notes state" : "✗ differs from the notes");
}

function runFacts(run) {
  if (!run) return [];
  const facts = [
    run.duration_ms != null && duration(run.duration_ms),
    run.virtual_seconds ? `${Number(run.virtual_seconds.toFixed(1))} s on its virtual clock` : null,
    run.exit_code && `exit code ${run.exit_code}`,
    run.python && `Python ${run.python}`,
  ].filter(Boolean);
  const text = facts.join(", ");
  const when = run.verified_at && element("time", { datetime: run.verified_at, title: new Date(run.verified_at).toLocaleString() },
    relativeTime(run.verified_at));
  return [text, text && when ? ", " : null, when];
}

function requestRun(example) {
  const code = example.edited();
  if (code === null) return request(`/run/${encodeURIComponent(example.id)}`, { method: "POST" });
  return request("/run", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ code, language: example.language, example: example.id }),
  });
}

async function runExample(result, example, runButton) {
  runButton.disabled = true;
  runButton.replaceChildren(element("span", { class: "spinner", "aria-hidden": "true" }), "Running");
  result.setAttribute("aria-busy", "true");
  try {
    const body = await requestRun(example);
    const run = body.run ?? body;
    showRun(result, example, run);
    announce(`The example ${STATUS_WORDS[run.status] ?? run.status}. ${run.stdout ?? ""}`);
  } catch (error) {
    showRun(result, example, example.run);
    result.prepend(element("p", { class: "problem", role: "alert" }, error.message));
  }
  result.querySelector(".run")?.focus({ preventScroll: true });
}
