// Single keys and sequences. The page is the registry: an element with data-key="f" is pressed by f, "g q" by g then q;
// with data-key-focus it is focused instead. Off inside fields and while an input method composes.
import { say } from "./say.js";

const SEQUENCE_MS = 1200;
let pending = "";
let timer;

export function isOff() { return document.documentElement.dataset.shortcuts === "off"; }

function isTyping(target) {
  return target.isContentEditable || target.closest?.("input:not([type=checkbox],[type=radio],[type=button],[type=submit]), textarea, select");
}

function name(event) {
  const held = [event.ctrlKey || event.metaKey ? "Ctrl" : "", event.altKey ? "Alt" : ""].filter(Boolean);
  if (event.shiftKey && (held.length || event.key.length > 1)) held.push("Shift");
  return [...held, event.key === " " ? "Space" : event.key].join("+");
}

function isVisible(element) { return element.checkVisibility() && !element.disabled; }

/** Return what the page offers: [{keys, label, element}]. */
export function listShortcuts() {
  return [...document.querySelectorAll("[data-key]")].filter((each) => isVisible(each) || each.closest("details.menu")).map((element) => ({
    keys: element.dataset.key,
    label: element.dataset.keyLabel || element.getAttribute("aria-label") || element.textContent.trim().replace(/\s+/g, " ") || element.placeholder || element.closest("label")?.textContent.trim(),
    element,
  }));
}

function press(element) {
  if ("keyFocus" in element.dataset) {
    element.focus();
    element.select?.();
  } else element.click();
}

function moveInList(event) {
  const step = { j: 1, k: -1 }[event.key];
  const list = document.querySelector("[data-list]");
  if (!step || !list || event.ctrlKey || event.metaKey || event.altKey) return false;
  const links = [...list.querySelectorAll("[data-row]")].map((row) => row.querySelector("a, button")).filter(Boolean);
  const now = links.findIndex((link) => link.closest("[data-row]").contains(document.activeElement));
  const next = links[Math.min(Math.max(now + step, 0), links.length - 1)];
  next?.focus();
  return Boolean(next);
}

function find(keys) {
  const offered = listShortcuts();
  return {
    exact: offered.find((each) => each.keys === keys)?.element,
    hasLonger: offered.some((each) => each.keys.startsWith(`${keys} `)),
  };
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
  if (["Shift", "Control", "Meta", "Alt"].includes(event.key)) return;
  const pressed = name(event);
  const hasModifier = event.ctrlKey || event.metaKey;
  if (!hasModifier && (isOff() || isTyping(event.target) || document.querySelector("dialog[open]"))) return;
  if (event.altKey) return;
  const keys = pending ? `${pending} ${pressed}` : pressed;
  const found = find(keys);
  clearTimeout(timer);
  pending = "";
  if (found.exact) {
    event.preventDefault();
    press(found.exact);
  } else if (found.hasLonger) {
    event.preventDefault();
    pending = keys;
    timer = setTimeout(() => { pending = ""; }, SEQUENCE_MS);
  } else if (moveInList(event)) event.preventDefault();
});

/** Fixed keys that no element of a page carries. */
export const FIXED = [
  { keys: "j", label: say("列表下一条", "Next row of a list") },
  { keys: "k", label: say("列表上一条", "Previous row of a list") },
  { keys: "Enter", label: say("打开", "Open") },
  { keys: "Esc", label: say("返回、关闭", "Back, close") },
];
