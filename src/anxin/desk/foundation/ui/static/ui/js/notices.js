// Toasts and banners made by scripts.
import { announce, icon, make, say } from "./say.js";

const ICONS = { ok: "circle-check", info: "info", warning: "triangle-alert", danger: "octagon-alert" };

function closeButton(onClose) {
  const label = say("关闭", "Close");
  const button = make("button", { type: "button", className: "button button-quiet button-small", "aria-label": label }, icon("x"));
  button.addEventListener("click", onClose);
  return button;
}

/** Show a short message that leaves by itself, except when it warns. */
export function toast(text, tone = "ok") {
  const stack = document.getElementById("toasts");
  const shown = make("div", { className: `toast tone-${tone}` }, icon(ICONS[tone]), make("p", {}, text));
  shown.append(closeButton(() => shown.remove()));
  stack.append(shown);
  announce(text, tone === "danger");
  if (tone === "ok" || tone === "info") setTimeout(() => shown.remove(), 6000);
}

/** Show a message across the page until it is solved; the same key replaces it. */
export function showBanner(key, { title, text, tone = "danger", action, onAction }) {
  clearBanner(key);
  const words = make("div", { className: "banner-text" }, make("p", {}, make("strong", {}, title)), make("p", {}, text));
  const shown = make("div", { className: `banner tone-${tone}`, role: "alert" }, icon(ICONS[tone]), words);
  shown.dataset.banner = key;
  if (action) {
    const button = make("button", { type: "button", className: "button button-small" }, action);
    button.addEventListener("click", onAction);
    shown.append(button);
  }
  shown.append(closeButton(() => shown.remove()));
  document.getElementById("banners").prepend(shown);
}

export function clearBanner(key) {
  document.querySelector(`[data-banner="${key}"]`)?.remove();
}

for (const old of document.querySelectorAll("#toasts .toast")) {
  old.append(closeButton(() => old.remove()));
}
