// <measure-order>: digits choose the reason; Enter must be held, or pressed twice, so that no stray key freezes anybody.
import { announce, say } from "../ui/js/say.js";

const HOLD_MS = 800;
const ARMED_MS = 4000;

class MeasureOrder extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.hint = this.querySelector("[data-hint]");
    this.said = this.hint.textContent;
    this.addEventListener("keydown", (event) => this.pressed(event));
    this.addEventListener("keyup", (event) => this.released(event));
    this.form.addEventListener("submit", () => this.show("sending", say("正在下达…", "Sending …")));
    for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
      this.form.addEventListener(name, () => this.show("", this.said));
    }
  }

  disconnectedCallback() { this.disarm(); }

  pressed(event) {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
    const isOpen = !event.target.closest("textarea, select, summary, a, [data-ask]");
    if (event.key === "Escape") this.disarm();
    else if (event.key === "Enter" && isOpen) this.enter(event);
    else if (event.key === " " && event.target.closest("[data-go]")) this.enter(event);
    else if (/^[1-9]$/.test(event.key) && isOpen && !event.target.closest("[name=amount]")) this.choose(event);
  }

  choose(event) {
    const reason = this.form.querySelectorAll("[name=reason]")[Number(event.key) - 1];
    if (!reason) return;
    event.preventDefault();
    event.stopPropagation();
    reason.checked = true;
    reason.focus();
  }

  enter(event) {
    event.preventDefault();
    event.stopPropagation();
    if (event.repeat || this.dataset.state === "sending") return;
    if (!this.form.reportValidity()) {
      announce(say("请先选择原因。", "Choose a reason first."), true);
      return;
    }
    if (this.dataset.state === "armed") {
      this.send();
      return;
    }
    this.show("holding", say("继续按住…", "Keep holding …"));
    this.timer = setTimeout(() => this.send(), HOLD_MS);
  }

  released(event) {
    if (!["Enter", " "].includes(event.key) || this.dataset.state !== "holding") return;
    event.preventDefault();
    clearTimeout(this.timer);
    this.show("armed", say("再按一次 Enter 执行，Esc 取消。", "Press Enter again to order it, Esc to leave it."));
    this.timer = setTimeout(() => this.disarm(), ARMED_MS);
  }

  send() {
    clearTimeout(this.timer);
    this.form.requestSubmit(this.querySelector("[data-go]"));
  }

  disarm() {
    clearTimeout(this.timer);
    if (this.dataset.state !== "sending") this.show("", this.said);
  }

  show(state, text) {
    this.dataset.state = state;
    this.hint.textContent = text;
  }
}

customElements.define("measure-order", MeasureOrder);

// After an order, an undo or a refusal the focus stands at the head of what replaced it, and it is said aloud.
document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.requestConfig?.verb !== "post") return;
  const place = document.getElementById("protect");
  if (!place || event.detail.target?.id !== "protect") return;
  if (place.hasAttribute("data-refused")) {
    (place.querySelector("[data-ask]") || place.querySelector("[name=kind]:checked"))?.focus();
    return;
  }
  document.getElementById("protect-title").focus({ preventScroll: true });
  const first = place.querySelector(".measure > header .row, .measure-past li");
  if (first) announce(first.textContent.trim().replace(/\s+/g, " "), true);
});
