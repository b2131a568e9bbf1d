// <presence-mark>: says that an incident is no longer open here, as soon as the page goes or another takes its place.
// Parts of a page come anew all the time: only when no mark of the incident is left has somebody gone.

const HEADERS = { "X-Background": "true" };

function leave({ leave: url }) {
  const given = JSON.parse(document.body.getAttribute("hx-headers") || "{}");
  // It is sent even when the page is gone by then; when it is lost, others see it within half a minute.
  fetch(url, { method: "POST", headers: { ...HEADERS, ...given }, keepalive: true }).catch(() => null);
}

class PresenceMark extends HTMLElement {
  disconnectedCallback() {
    const { id } = this.dataset;
    setTimeout(() => { if (!document.querySelector(`presence-mark[data-id="${id}"]`)) leave(this.dataset); }, 0);
  }
}

customElements.define("presence-mark", PresenceMark);

addEventListener("pagehide", () => {
  for (const each of document.querySelectorAll("presence-mark")) leave(each.dataset);
});

// Whoever comes back by the browser's own memory is here again.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const each of document.querySelectorAll('[data-live-topic~="presence"]')) window.htmx?.trigger(each, "live");
});
