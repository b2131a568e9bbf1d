// <incident-queue>: takes changes row by row, keeps the chosen row and the focus where they are, remembers the place.
import { announce, say } from "../ui/js/say.js";
import { prefetch } from "./opening.js";
import { show } from "./showing.js";

const GATHER_MS = 150;
const AGAIN_MS = 5000;
const DWELL_MS = 250;
const SOON_MS = 400;
const AT_ONCE = 40;
const PLACE = "anxin-queue-place";

class IncidentQueue extends HTMLElement {
  constructor() {
    super();
    this.changed = new Set();
    this.heard = (event) => this.hear(event.detail);
    this.act = (event) => this.pressed(event);
    this.addEventListener("focusin", (event) => this.choose(event.target.closest("[data-row]")));
  }

  connectedCallback() {
    document.addEventListener("heard", this.heard);
    document.addEventListener("click", this.act);
    if (this.changed.size) this.gather();
    this.markHere();
    if (!this.classList.contains("is-slim")) this.comeBack();
    this.prefetchFirst();
  }

  disconnectedCallback() {
    document.removeEventListener("heard", this.heard);
    document.removeEventListener("click", this.act);
    clearTimeout(this.timer);
    this.timer = undefined;
    clearTimeout(this.dwell);
    clearTimeout(this.soon);
  }

  get list() { return this.querySelector("ol"); }

  choose(row) {
    if (!row) return;
    this.querySelector(".is-chosen")?.classList.remove("is-chosen");
    row.classList.add("is-chosen");
    clearTimeout(this.dwell);
    this.dwell = setTimeout(() => prefetch(row.querySelector("a.queue-open").getAttribute("href")), DWELL_MS);
    if (!this.classList.contains("is-slim")) sessionStorage.setItem(PLACE, JSON.stringify({ search: location.search, id: row.dataset.id }));
  }

  comeBack() {
    const place = JSON.parse(sessionStorage.getItem(PLACE) || "null");
    if (place?.search === location.search && place.id) this.complete();
    const row = place?.search === location.search ? document.getElementById(`row-${place.id}`) : null;
    if (!row) sessionStorage.setItem(PLACE, JSON.stringify({ search: location.search, id: "" }));
    else if (this.isFocusFree()) row.querySelector("a").focus();
  }

  /** Whether nobody works elsewhere; the incident that is left still has the focus while the queue is put in. */
  isFocusFree() {
    const active = document.activeElement;
    return !active || active === document.body || active.id === "main" || Boolean(active.closest("incident-case"));
  }

  /** Mark the row of the incident that is open; where it stands is looked for when the page is laid out anyway. */
  markHere() {
    const before = this.querySelector(".is-here");
    before?.classList.remove("is-here");
    before?.querySelector("a").removeAttribute("aria-current");
    const open = document.querySelector("incident-case")?.dataset.id;
    const row = open && document.getElementById(`row-${open}`);
    if (!row) return;
    row.classList.add("is-here");
    row.querySelector("a").setAttribute("aria-current", "page");
    requestAnimationFrame(() => row.scrollIntoView({ block: "nearest" }));
  }

  /** Keep rows for the next frames: what is not on the screen yet need not be waited for. */
  later(rows) {
    this.rest = rows;
    requestAnimationFrame(() => setTimeout(() => this.complete(AT_ONCE)));
  }

  complete(most = Infinity) {
    if (!this.rest?.length) return;
    this.list.append(...this.rest.splice(0, most));
    if (this.rest.length) this.later(this.rest);
  }

  pressed(event) {
    if (!event.target.closest("[data-act=claim]")) return;
    const row = this.querySelector(".is-chosen") || this.querySelector("[data-row]:has([data-claim])");
    const button = row?.querySelector("[data-claim]");
    if (button) {
      this.choose(row);
      button.click();
    } else announce(say("所选事件已有人持有。", "Somebody holds the chosen one already."));
  }

  hear({ topic, about }) {
    const isOne = topic === "incidents" && about;
    if (topic !== "" && !isOne) return;
    this.complete();
    if (isOne) this.changed.add(about);
    else this.querySelectorAll("[data-row]").forEach((row) => this.changed.add(row.dataset.id));
    this.gather();
  }

  /** Fetch soon. A timer that runs already stays, or it would never end under many words; one fetch follows another. */
  gather(wait = GATHER_MS + Math.random() * GATHER_MS) {
    if (this.isAsking || !this.isConnected) return;
    this.timer ??= setTimeout(() => this.fetchChanged(), wait);
  }

  async fetchChanged() {
    this.timer = undefined;
    const ids = [...this.changed].slice(0, 50);
    if (!ids.length) return;
    ids.forEach((id) => this.changed.delete(id));
    this.isAsking = true;
    const answer = await fetch(`${this.dataset.rows}?${this.dataset.query}&ids=${ids.join(",")}`, { headers: { "HX-Request": "true" } }).catch(() => null);
    const text = await answer?.text().catch(() => null);
    this.isAsking = false;
    const hasFailed = text == null || answer.status >= 500;
    if (hasFailed) ids.forEach((id) => this.changed.add(id));
    else if (answer.ok) this.take(ids, new Map(parseRows(text).map((row) => [row.dataset.id, row])));
    if (this.changed.size) this.gather(hasFailed ? AGAIN_MS : 0);
  }

  take(ids, fresh) {
    for (const id of ids) {
      const old = this.querySelector(`[data-row][data-id="${CSS.escape(id)}"]`);
      const row = fresh.get(id);
      if (!row) this.drop(old);
      else if (!old || old.dataset.version !== row.dataset.version) this.put(row, old);
    }
    this.querySelector("[data-empty]")?.toggleAttribute("hidden", Boolean(this.querySelector("[data-row]")));
  }

  drop(old) {
    if (!old) return;
    const next = old.contains(document.activeElement) ? (old.nextElementSibling || old.previousElementSibling) : null;
    old.remove();
    next?.querySelector("a")?.focus({ preventScroll: true });
  }

  put(row, old, isNews = true) {
    this.complete();
    const kept = old?.contains(document.activeElement) ? (document.activeElement.matches("a") ? "a" : "button") : "";
    if (old?.classList.contains("is-chosen")) row.classList.add("is-chosen");
    if (old?.classList.contains("is-here")) row.classList.add("is-here");
    const after = [...this.list.children].find((each) => each !== old && each.dataset.order > row.dataset.order);
    if (!after && !old && "hasMore" in this.dataset) return;
    if (old && (old.nextElementSibling || null) === (after || null)) old.replaceWith(row);
    else {
      old?.remove();
      this.list.insertBefore(row, after || null);
    }
    row.classList.toggle("is-new", isNews);
    if (kept) (row.querySelector(kept) || row.querySelector("a")).focus({ preventScroll: true });
    if (!old && row.dataset.level === "1") announce(say("新的一级事件：{what}", "A new L1: {what}", { what: row.querySelector(".queue-kind").textContent }));
  }

  /** Fetch the first ones, one after the other: what somebody opens meanwhile must not wait behind them. */
  prefetchFirst() {
    const links = [...this.querySelectorAll("a.queue-open:not([aria-current])")].slice(0, Number(this.dataset.beforehand));
    this.soon = setTimeout(async () => {
      for (const link of links) if (link.isConnected) await prefetch(link.getAttribute("href"));
    }, SOON_MS);
  }
}

customElements.define("incident-queue", IncidentQueue);

function parseRows(text) {
  return [...new DOMParser().parseFromString(`<ol>${text}</ol>`, "text/html").querySelectorAll("[data-row]")];
}

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button?.matches("[data-claim]") || !window.htmx) return;
  event.preventDefault();
  window.htmx.ajax("POST", button.getAttribute("formaction"), { source: button, event, target: button.closest("[data-row]"), swap: "outerHTML" });
});

// Rows are put in here instead of by htmx: one that was claimed, and the list that a filter leaves.
document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { target, serverResponse, shouldSwap, pathInfo } = event.detail;
  if (!shouldSwap || !target?.matches("[data-row], #queue")) return;
  event.detail.shouldSwap = false;
  if (target.id === "queue") narrow(serverResponse, pathInfo.responsePath || pathInfo.finalRequestPath);
  else for (const row of parseRows(serverResponse)) exchange(row, target);
});

function exchange(row, old) {
  const queue = old.closest("incident-queue");
  if (queue) queue.put(row, old, false);
  else old.replaceWith(row);
}

function narrow(text, href) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const queue = page.querySelector("incident-queue");
  const rest = queue ? [...queue.querySelectorAll("[data-row]")].slice(AT_ONCE) : [];
  for (const row of rest) row.remove();
  if (!show(page, "queue", href)) location.assign(href);
  else if (rest.length) queue.later(rest);
}

// Where an incident leads back to: the queue as it was left.
export function placeLeft() {
  const place = JSON.parse(sessionStorage.getItem(PLACE) || "null");
  return place?.search || "";
}
