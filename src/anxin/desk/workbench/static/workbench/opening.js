// Fetches what will probably be opened next, and shows it at once when it is; what is older than its time is fetched anew.

const KEPT_MS = 20_000;
const kept = new Map();

export async function prefetch(href) {
  if (!href || kept.has(href) || document.visibilityState === "hidden") return;
  const begun = Date.now();
  const answer = await fetch(href, { headers: { "HX-Request": "true", "HX-Boosted": "true" } }).catch(() => null);
  if (answer?.ok) kept.set(href, { text: await answer.text(), at: begun });
}

/** Move the clocks of a kept page on by the time it was kept. */
function brought(text, since) {
  const lapse = Date.now() - since;
  return text.replace(/data-now="([^"]+)"/g, (_, now) => `data-now="${new Date(Date.parse(now) + lapse).toISOString()}"`);
}

function arrive(href) {
  for (const field of document.querySelectorAll("input[name=next]")) field.value = href;
  const heading = document.querySelector("#case h1");
  heading?.focus({ preventScroll: true });
}

document.body.addEventListener("htmx:beforeRequest", (event) => {
  const { requestConfig, target } = event.detail;
  const found = requestConfig.verb === "get" && target?.id === "case" ? kept.get(requestConfig.path) : undefined;
  kept.delete(requestConfig.path);
  if (!found || Date.now() - found.at > KEPT_MS) return;
  event.preventDefault();
  const shown = new DOMParser().parseFromString(found.text, "text/html");
  history.pushState({ htmx: true }, "", requestConfig.path);
  document.title = shown.title;
  window.htmx.swap("#case", brought(found.text, found.at), { swapStyle: "outerHTML" }, { select: "#case" });
  scrollTo(0, 0);
  arrive(requestConfig.path);
});

document.body.addEventListener("htmx:afterSettle", (event) => {
  const { requestConfig, target, boosted } = event.detail;
  if (boosted && target?.id === "case") arrive(requestConfig.path);
});

document.addEventListener("heard", (event) => {
  for (const href of [...kept.keys()]) if (!event.detail.about || href.includes(event.detail.about)) kept.delete(href);
});
