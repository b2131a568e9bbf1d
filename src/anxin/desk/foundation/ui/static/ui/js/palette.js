// The command palette (Ctrl/Cmd-K) and the sheet of shortcuts (?).
import { rank } from "./search.js";
import { icon, make, say } from "./say.js";
import { FIXED, listShortcuts } from "./shortcuts.js";

const palette = document.getElementById("palette");
const sheet = document.getElementById("keys");
const input = palette?.querySelector("input");
const list = palette?.querySelector("[role=listbox]");
const commands = JSON.parse(document.getElementById("commands")?.textContent || "[]");
let shown = [];
let chosen = 0;

function keyCaps(keys) { return keys.split(/[ +]/).map((key) => make("kbd", {}, key.length > 1 ? key : key.toLowerCase())); }

function all() {
  const known = new Set(commands.map((each) => each.keys).filter(Boolean));
  const here = listShortcuts().filter((each) => each.label && !known.has(each.keys) && !each.element.closest(".rail, .top"));
  return [
    ...commands,
    ...here.map((each) => ({ title: each.label, also: "", initials: "", icon: "chevron-right", keys: each.keys, run: () => ("keyFocus" in each.element.dataset ? each.element.focus() : each.element.click()) })),
  ];
}

function draw() {
  shown = rank(input.value, all());
  chosen = 0;
  list.replaceChildren(...shown.map((command, place) => make(
    "li", { id: `command-${place}`, className: "palette-option", role: "option", "aria-selected": place === 0 },
    icon(command.icon) || icon("chevron-right"),
    make("span", {}, command.title),
    make("span", { className: "palette-also", lang: command.alsoLang || "" }, command.also || ""),
    make("span", { className: "palette-keys", "aria-hidden": "true" }, ...(command.keys ? keyCaps(command.keys) : [])),
  )));
  palette.querySelector(".palette-none").hidden = shown.length > 0;
  mark();
}

function mark() {
  [...list.children].forEach((each, place) => each.setAttribute("aria-selected", place === chosen));
  input.setAttribute("aria-activedescendant", shown.length ? `command-${chosen}` : "");
  list.children[chosen]?.scrollIntoView({ block: "nearest" });
}

function run(place) {
  const command = shown[place];
  if (!command) return;
  palette.close();
  if (command.run) command.run();
  else if (command.press) document.querySelector(command.press)?.click();
  else location.href = command.href;
}

function openPalette() {
  sheet.close();
  input.value = "";
  draw();
  if (!palette.open) palette.showModal();
  input.focus();
}

function openSheet() {
  const lines = [...FIXED, ...listShortcuts().filter((each) => each.label)];
  const seen = new Set();
  sheet.querySelector(".keys").replaceChildren(...lines.filter((each) => !seen.has(each.keys) && seen.add(each.keys)).map((each) => make(
    "div", {}, make("dt", {}, each.label), make("dd", {}, ...keyCaps(each.keys)),
  )));
  if (!sheet.open) sheet.showModal();
}

if (palette) {
  input.addEventListener("input", draw);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && shown.length) {
      event.preventDefault();
      chosen = (chosen + step + shown.length) % shown.length;
      mark();
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(chosen);
    }
  });
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) run([...list.children].indexOf(option));
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-open-palette]")) openPalette();
    if (event.target.closest("[data-open-keys]")) openSheet();
    const close = event.target.closest("[data-close]");
    if (close) close.closest("dialog").close();
    else if (event.target === palette || event.target === sheet) event.target.close();
  });
}
