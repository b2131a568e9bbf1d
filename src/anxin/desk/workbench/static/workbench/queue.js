// <incident-queue>: takes changes row by row, keeps the chosen row and the focus where they are, remembers the place.
import { announce, say } from "../ui/js/say.js";
import { prefetch } from "./opening.js";

const GATHER_MS = 150;
const PLACE = "anxin-queue-place";

class IncidentQueue extends HTMLElement {
  connectedCallback() {
    this.changed = new Set();
    this.heard = (event) => this.hear(event.detail);
    document.addEventListener("heard", this.heard);
    this.addEventListener("focusin", (event) => this.choose(event.target.closest("[data-row]")));
    this.act = (event) => this.pressed(event);
    document.addEventListener("click", this.act);
    this.markHere();
    if (!this.classList.contains("is-slim")) this.comeBack();
    this.prefetchFirst();
  }

  disconnectedCallback() {
    document.removeEventListener("heard", this.heard);
    document.removeEventListener("click", this.act);
    clearTimeout(this.timer);
  }

  get list() { return this.querySelector("ol"); }

  choose(row) {
    if (!row) return;
    this.querySelector(".is-chosen")?.classList.remove("is-chosen");
    row.classList.add("is-chosen");
    this.chosen = row.dataset.id;
    if (!this.classList.contains("is-slim")) sessionStorage.setItem(PLACE, JSON.stringify({ search: location.search, id: row.dataset.id }));
  }

  comeBack() {
    const place = JSON.parse(sessionStorage.getItem(PLACE) || "null");
    const row = place?.search === location.search ? document.getElementById(`row-${place.id}`) : null;
    if (!row) sessionStorage.setItem(PLACE, JSON.stringify({ search: location.search, id: "" }));
    else if (document.activeElement === document.body || document.activeElement?.id === "main") row.querySelector("a").focus();
  }

  markHere() {
    const open = document.querySelector("incident-case")?.dataset.id;
    const row = open && document.getElementById(`row-${open}`);
    if (!row) return;
    row.classList.add("is-here");
    row.querySelector("a").setAttribute("aria-current", "page");
    row.scrollIntoView({ block: "nearest" });
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
    if (topic === "") this.querySelectorAll("[data-row]").forEach((row) => this.changed.add(row.dataset.id));
    else if (topic === "incidents" && about) this.changed.add(about);
    else return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fetchChanged(), GATHER_MS + Math.random() * GATHER_MS);
  }

  async fetchChanged() {
    const ids = [...this.changed].slice(0, 50);
    ids.forEach((id) => this.changed.delete(id));
    if (!ids.length) return;
    const answer = await fetch(`${this.dataset.rows}?${this.dataset.query}&ids=${ids.join(",")}`, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok) return;
    const fresh = new DOMParser().parseFromString(`<ol>${await answer.text()}</ol>`, "text/html").querySelectorAll("[data-row]");
    this.take(ids, new Map([...fresh].map((row) => [row.dataset.id, row])));
    if (this.changed.size) this.fetchChanged();
  }

  take(ids, fresh) {
    for (const id of ids) {
      const old = this.querySelector(`[data-row][data-id="${CSS.escape(id)}"]`);
      const row = fresh.get(id);
      if (!row) this.drop(old);
      else if (!old || old.dataset.version !== row.dataset.version) this.put(document.importNode(row, true), old);
    }
    this.querySelector("[data-empty]")?.toggleAttribute("hidden", Boolean(this.querySelector("[data-row]")));
  }

  drop(old) {
    if (!old) return;
    const next = old.contains(document.activeElement) ? (old.nextElementSibling || old.previousElementSibling) : null;
    old.remove();
    next?.querySelector("a")?.focus({ preventScroll: true });
  }

  put(row, old) {
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
    row.classList.add("is-new");
    window.htmx.process(row);
    if (kept) (row.querySelector(kept) || row.querySelector("a")).focus({ preventScroll: true });
    if (!old && row.dataset.level === "1") announce(say("新的一级事件：{what}", "A new L1: {what}", { what: row.querySelector(".queue-kind").textContent }));
  }

  prefetchFirst() {
    const links = [...this.querySelectorAll("a.queue-open:not([aria-current])")].slice(0, Number(this.dataset.beforehand));
    setTimeout(() => links.forEach((link) => prefetch(link.getAttribute("href"))), 400);
  }
}

customElements.define("incident-queue", IncidentQueue);

// Where an incident leads back to: the queue as it was left.
export function placeLeft() {
  const place = JSON.parse(sessionStorage.getItem(PLACE) || "null");
  return place?.search || "";
}
