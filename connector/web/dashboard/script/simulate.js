/* The editor of drafts: everything is listened for on the document, since parts are drawn anew. */
"use strict";

const most = 1000000;
/* What no text holds: control characters, and what stands for bytes that are no UTF-8. */
const control = /[\u0000-\u0008\u000e-\u001f\ufffd]/;
let leaves = false;
const areas = () => [...document.querySelectorAll(".editor textarea")];
/* Fields have lines that end as in a form, whatever files have. */
const plain = (text) => text.replace(/\r\n?/g, "\n");
const first = (area) => plain(area.defaultValue);
const inForce = (area) => plain(area.dataset.force ?? area.defaultValue);
const shown = () => areas().find((each) => !each.closest(".file").hidden);

function number(area) {
  const count = area.value.split("\n").length;
  const lines = area.closest(".editor").querySelector(".lines");
  lines.textContent = Array.from({ length: count }, (_, place) => place + 1).join("\n");
}

function show(name) {
  for (const each of document.querySelectorAll(".file")) each.hidden = each.dataset.file !== name;
  const chosen = document.querySelector(`input[name=shown][value="${CSS.escape(name)}"]`);
  if (chosen) chosen.checked = true;
}

function scrollTo(area, line) {
  const height = parseFloat(getComputedStyle(area).lineHeight);
  area.closest(".editor").scrollTop = Math.max(0, (line - 6) * height);
}

function goTo(file, line) {
  show(file);
  const area = areas().find((each) => each.dataset.file === file);
  if (!area) return;
  const before = area.value.split("\n").slice(0, line - 1).join("\n");
  const start = line > 1 ? before.length + 1 : 0;
  const end = area.value.indexOf("\n", start);
  area.focus();
  area.setSelectionRange(start, end < 0 ? area.value.length : end);
  scrollTo(area, line);
  area.closest(".editor").scrollIntoView({ block: "nearest" });
}

/* Lines with a problem are marked as soon as it is told, which may be long after the page. */
let marked = "";
function mark() {
  const found = [...document.querySelectorAll("[data-go]")];
  const told = found.map((each) => `${each.dataset.file}:${each.dataset.go}`).join();
  if (told === marked || !areas().length) return;
  marked = told;
  for (const each of document.querySelectorAll(".marks")) each.replaceChildren();
  for (const each of found) {
    const area = areas().find((one) => one.dataset.file === each.dataset.file);
    if (!area) continue;
    const line = document.createElement("span");
    line.style.top = `calc(${each.dataset.go - 1} * 1lh)`;
    area.closest(".editor").querySelector(".marks").append(line);
  }
  if (!found.length) return;
  show(found[0].dataset.file);
  scrollTo(shown(), Number(found[0].dataset.go));
}
new MutationObserver(mark).observe(document, { childList: true, subtree: true });

function put(area, text) {
  area.value = text;
  number(area);
}

async function open(input) {
  const [file] = input.files;
  const said = document.querySelector(".said");
  said.textContent = "";
  if (!file) return;
  const read = file.size > most ? "" : await file.text();
  const named = areas().find((each) => each.dataset.file === file.name);
  const area = named || shown();
  if (file.size > most) {
    said.textContent = said.dataset.large;
  } else if (control.test(read)) {
    said.textContent = said.dataset.binary.replace("{file}", file.name);
  } else {
    show(area.dataset.file);
    put(area, read);
    const other = said.dataset.other.replace("{file}", file.name);
    if (!named) said.textContent = other.replace("{place}", area.dataset.file);
  }
  input.value = "";
}

function save(area) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([area.value], { type: "text/yaml" }));
  link.download = area.dataset.file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/* A new line begins where the one before it does. */
function indent(event) {
  const area = event.target;
  const line = area.value.slice(0, area.selectionStart).split("\n").pop();
  const [blanks] = line.match(/^ */);
  if (!blanks) return;
  event.preventDefault();
  document.execCommand("insertText", false, `\n${blanks}`);
}

/* What is as it is in force need not be sent. */
function written(form) {
  const same = areas().filter((each) => each.value === inForce(each));
  for (const each of same) each.disabled = true;
  const found = new FormData(form);
  for (const each of same) each.disabled = false;
  return found;
}

/* Sent from here, a draft stays in sight when it is refused. */
async function simulate(form) {
  const said = form.querySelector(".said");
  const button = form.querySelector("[type=submit]");
  if (button.disabled) return;
  button.disabled = true;
  for (const each of areas()) each.readOnly = true;
  said.textContent = "";
  const asked = { method: "POST", body: written(form), headers: { accept: "application/json" } };
  try {
    const answer = await fetch(form.action, asked);
    const told = await answer.json();
    leaves = answer.ok;
    if (answer.ok) location.assign(told.page);
    else if (answer.status === 401) said.textContent = said.dataset.ended;
    else said.textContent = told.problems.map((each) => each.message).join("; ") || told.error;
  } catch {
    said.textContent = said.dataset.away;
  }
  button.disabled = false;
  for (const each of areas()) each.readOnly = false;
}

document.addEventListener("input", (event) => {
  if (event.target.matches(".editor textarea")) number(event.target);
});
document.addEventListener("change", (event) => {
  if (event.target.matches("input[type=file]")) open(event.target);
  if (event.target.matches("input[name=shown]")) show(event.target.value);
});
document.addEventListener("keydown", (event) => {
  const isPlain = !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.isComposing;
  if (event.key === "Enter" && isPlain && event.target.matches(".editor textarea")) indent(event);
});
document.addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-go], [data-save], [data-reset]");
  if (!pressed) return;
  if (pressed.dataset.go) goTo(pressed.dataset.file, Number(pressed.dataset.go));
  if (pressed.dataset.save) save(shown());
  if (pressed.dataset.reset) put(shown(), inForce(shown()));
});
/* Whoever leaves with a draft that nobody has simulated is asked first. */
window.addEventListener("beforeunload", (event) => {
  if (!leaves && areas().some((each) => each.value !== first(each))) event.preventDefault();
});
window.addEventListener("pageshow", () => {
  leaves = false;
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form.draft")) return;
  event.preventDefault();
  const changed = areas().filter((each) => each.value !== inForce(each));
  const size = changed.reduce((sum, each) => sum + new Blob([each.value]).size, 0);
  const said = event.target.querySelector(".said");
  if (size > most) said.textContent = said.dataset.large;
  else simulate(event.target);
});
