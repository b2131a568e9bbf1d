// The newest page of decisions asks every few seconds whether something arrived; only then is it fetched again.
const ASK_MS = 4_000;

async function ask() {
  const list = document.querySelector("[data-newest-src]");
  if (!list || document.hidden || list.contains(document.activeElement)) return;
  const headers = { "X-Background": "1", Accept: "application/json" };
  const answer = await fetch(list.dataset.newestSrc, { headers }).catch(() => undefined);
  if (!answer?.ok || answer.redirected) return;
  const { position } = await answer.json();
  if (String(position) !== list.dataset.newest && list.isConnected) window.htmx.trigger(list, "live");
}

setInterval(ask, ASK_MS);
