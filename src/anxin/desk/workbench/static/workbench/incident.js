// <incident-case>: forms in place, Esc back without loss, copying the id, where "next" leads.
import { announce, say } from "../ui/js/say.js";
import { toast } from "../ui/js/notices.js";
import { placeLeft } from "./queue.js";

class IncidentCase extends HTMLElement {
  connectedCallback() {
    const back = this.querySelector("[data-back]");
    if (back) back.href += placeLeft();
  }

  get place() { return this.querySelector("#case-form"); }

  /** Close the form that is open; what was typed stays in its draft. */
  close() {
    const opened = this.place.querySelector(".case-ask") || this.querySelector("#case-tab > *");
    if (!opened) return false;
    opened.parentElement.replaceChildren();
    this.querySelector(".case-tabs [aria-current]")?.removeAttribute("aria-current");
    (this.opener?.isConnected ? this.opener : this.querySelector("h1"))?.focus();
    return true;
  }
}

customElements.define("incident-case", IncidentCase);

const current = () => document.querySelector("incident-case");

document.addEventListener("click", async (event) => {
  const incident = current();
  if (!incident) return;
  const goes = event.target.closest("[data-goes]");
  if (goes) {
    const found = goes.dataset.goes.split(", ").map((each) => document.querySelector(each)).find(Boolean);
    if (found) {
      event.preventDefault();
      found.focus();
      found.scrollIntoView({ block: "nearest" });
    }
  }
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    await navigator.clipboard.writeText(copy.dataset.copy).catch(() => null);
    toast(say("已复制 {what}", "Copied {what}", { what: copy.dataset.copy }));
  }
  if (event.target.closest("[data-close-ask]")) {
    event.preventDefault();
    incident.close();
  }
  const target = event.target.closest("[data-target], .case-tabs a");
  if (target) {
    target.parentElement.querySelector("[aria-current]")?.removeAttribute("aria-current");
    target.setAttribute("aria-current", "true");
  }
});

document.addEventListener("keydown", (event) => {
  const incident = current();
  if (!incident || event.isComposing || event.keyCode === 229) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest("#case-form form, #case-tab form, .together-care form")) {
    const form = event.target.form;
    if (!form || event.defaultPrevented) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("[data-send]"));
    return;
  }
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  const menu = document.querySelector("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (event.target.closest("measure-order[data-state]:not([data-state=''])")) return;
  else if (!incident.close()) {
    if (event.target.matches("textarea, input, select")) event.target.blur();
    else incident.querySelector("[data-back]")?.click();
  }
});

// A form that came is where the next key goes; an answer is said, and the focus returns to what is next.
document.body.addEventListener("htmx:afterSettle", (event) => {
  const incident = current();
  const { target, requestConfig } = event.detail;
  if (!incident || !["case-form", "case-tab"].includes(target?.id)) return;
  document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; });
  if (requestConfig.verb === "get") {
    incident.opener = requestConfig.elt ?? event.detail.elt;
    const field = target.querySelector("form :is(input:not([type=hidden]), select, textarea), form button");
    (field || target).focus();
  } else if (target.querySelector(".case-ask")) {
    (target.querySelector("[aria-invalid=true]") || target.querySelector("#ask-title"))?.focus();
  } else {
    announce(target.textContent.trim().replace(/\s+/g, " "));
    if (!document.activeElement || document.activeElement === document.body) incident.querySelector("h1")?.focus({ preventScroll: true });
  }
});

document.body.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest?.("form[data-clear]");
  if (form && event.detail.successful) form.reset();
});
