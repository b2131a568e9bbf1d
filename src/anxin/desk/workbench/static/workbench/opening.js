// Opens incidents in place. What will probably be opened next is fetched and parsed beforehand; what is older than its
// time, or heard to have changed, is fetched anew.
import { catchUp } from "../ui/js/fragments.js";
import { show } from "./showing.js";

const KEPT_MS = 20_000;
const kept = new Map();

async function fetchPage(href) {
  const answer = await fetch(href, { headers: { "HX-Request": "true", "HX-Target": "case" } }).catch(() => null);
  return answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
}

function isYoung(found) { return Date.now() - found.at <= KEPT_MS; }

export async function prefetch(href) {
  for (const [known, found] of kept) if (!isYoung(found)) kept.delete(known);
  if (!href || kept.has(href) || document.visibilityState === "hidden") return;
  const found = { page: fetchPage(href), at: Date.now() };
  kept.set(href, found);
  await found.page;
}

async function open(link, event) {
  const href = link.getAttribute("href");
  const found = kept.get(href);
  const page = found && isYoung(found) ? await found.page : null;
  // It may have changed while it was on its way.
  const isCurrent = page && kept.get(href) === found;
  kept.delete(href);
  if (isCurrent) arrive(page, href, Date.now() - found.at);
  else window.htmx.ajax("GET", href, { source: link, event, target: "#case", select: "#case", swap: "outerHTML" });
}

function arrive(page, href, lapse = 0) {
  if (!show(page, "case", href, lapse)) {
    location.assign(href);
    return;
  }
  catchUp(lapse);
  scrollTo(0, 0);
  for (const field of document.querySelectorAll("input[name=next]")) field.value = href;
  document.querySelector("#case h1")?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a.queue-open");
  const isPlain = !event.button && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!link || !isPlain || event.defaultPrevented || !window.htmx || !document.getElementById("case")) return;
  event.preventDefault();
  open(link, event);
});

document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { target, serverResponse, pathInfo, shouldSwap } = event.detail;
  if (target?.id !== "case" || !shouldSwap) return;
  event.detail.shouldSwap = false;
  arrive(new DOMParser().parseFromString(serverResponse, "text/html"), pathInfo.responsePath || pathInfo.finalRequestPath);
});

document.addEventListener("heard", (event) => {
  for (const href of [...kept.keys()]) if (!event.detail.about || href.includes(event.detail.about)) kept.delete(href);
});
