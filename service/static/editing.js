/* Editing an example before it is run, where the server runs other code than the notes' own; else there is no button. */

import { button, element } from "./elements.js";
import { request } from "./requests.js";

let allowed;

/** Whether the server runs edited code; asked once. */
function isAllowed() {
  allowed ??= request("/readyz").then((state) => state.sandbox?.edited_code === true, () => false);
  return allowed;
}

/** Let the code in `block` be edited: adds a button to `header` where it may be. Returns what gives the edited code. */
export function makeEditable(example, header, block) {
  const editor = element("textarea", { class: "editor", "aria-label": "Code of the example, to edit", spellcheck: "false",
    autocapitalize: "off", rows: String(Math.min(example.code.split("\n").length + 1, 30)) });
  const toggle = button("Edit", () => {
    const editing = !editor.isConnected;
    if (editing) editor.value = example.code;
    (editing ? block : editor).replaceWith(editing ? editor : block);
    toggle.textContent = editing ? "Reset" : "Edit";
    if (editing) editor.focus();
  }, { class: "quiet" });
  if (example.language === "python" || example.language === "javascript")
    isAllowed().then((may) => may && header.append(toggle));
  return () => (editor.isConnected && editor.value !== example.code ? editor.value : null);
}
