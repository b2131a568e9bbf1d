// The fragments of a page that follow what is committed: when each is fetched again, never under somebody's hands.
// What is known of one is kept under its id, as the answer to every fetch is another element.
const GATHER_MS = 100;
const AGAIN_MS = 5000;
const LONGEST_MS = 60_000;
const REMEMBERED_MS = 60_000;
const CAUSES = ["live", "load", "intersect"];
const OPENED = Date.now();

const timers = new Map();
const fetched = new Map();
const failures = new Map();
const inFlight = new Set();
/** The id of a part that somebody works in, and the id of the fragment that brings it. */
const held = new Map();
const askedAt = new WeakMap();
const known = new WeakSet();
let words = [];
let answered = null;

/** Return the topics that the page cares about, also for a list without an id, which takes its changes one by one. */
export function listTopics() {
  const named = [...document.querySelectorAll("[data-live-topic]")].flatMap((each) => each.dataset.liveTopic.split(" "));
  return [...new Set(named)].sort();
}

function listFragments() { return [...document.querySelectorAll("[data-live-topic][id]")]; }

function cares(fragment, { topic, about }) {
  const { liveTopic, liveId } = fragment.dataset;
  return !topic || (liveTopic.split(" ").includes(topic) && (!liveId || liveId === about));
}

/** Fetch what cares about a word; without a topic everything. */
export function tell(topic, about) {
  const word = { topic, about, at: performance.now() };
  words = [...words.filter((each) => word.at - each.at < REMEMBERED_MS && (each.topic !== topic || each.about !== about)), word];
  for (const each of listFragments()) if (cares(each, word)) refresh(each.id);
}

/** Fetch a fragment soon. A timer that runs already stays: moved with every word it would never end under many. */
function refresh(id) {
  const fragment = document.getElementById(id);
  if (!fragment || timers.has(id)) return;
  if (isOccupied(fragment)) hold(fragment, id);
  else {
    // data-live-every="4": a list under constant traffic is fetched every four seconds, not with every word of it. What is
    // about all of the organisation waits a second: in a storm the walls and lists of all screens would keep the desk busy.
    const { liveEvery, liveId } = fragment.dataset;
    const pause = Number(liveEvery || (liveId ? 0 : 1)) * 1000;
    arm(id, Math.max(GATHER_MS, (fetched.get(id) ?? OPENED) + pause - Date.now()));
  }
}

function arm(id, wait) {
  timers.set(id, setTimeout(() => ask(id), wait));
}

function ask(id) {
  timers.delete(id);
  const fragment = document.getElementById(id);
  if (!fragment) return;
  if (isOccupied(fragment)) hold(fragment, id);
  // The answer that is on its way may be older than the word; htmx would forget what waits behind it.
  else if (inFlight.has(id)) arm(id, GATHER_MS);
  else {
    fetched.set(id, Date.now());
    window.htmx.trigger(fragment, "live");
  }
}

/** Whether somebody works in a part. A heading that only keeps the place of the focus gets it back from htmx. */
function isOccupied(part) {
  const active = document.activeElement;
  return part.contains(active) && !isPlace(active);
}

function isPlace(active) {
  return Boolean(active.id) && active.matches("[tabindex='-1']:not(a, button, input, select, textarea, summary)");
}

function hold(part, asker) {
  part.dataset.liveStale = "true";
  held.set(part.id, asker);
}

function release() {
  for (const [id, asker] of [...held]) {
    const part = document.getElementById(id);
    if (part && isOccupied(part)) continue;
    held.delete(id);
    if (part) delete part.dataset.liveStale;
    refresh(asker);
  }
}

/** Whether the page asked for it by itself, and nobody by an act; what a script asked for follows an act. */
export function isByItself({ requestConfig, etc }) {
  const cause = requestConfig.triggeringEvent?.type;
  return cause ? CAUSES.includes(cause) : !etc.returnPromise;
}

/** Return the id of the live fragment that asked by itself, or null. */
function askerOf(detail) {
  const { elt } = detail.requestConfig;
  return elt.id && elt.dataset.liveTopic && isByItself(detail) ? elt.id : null;
}

// What a page fetches by itself is no sign of life of the person before it.
document.addEventListener("htmx:configRequest", (event) => {
  const cause = event.detail.triggeringEvent?.type;
  if (!cause || CAUSES.includes(cause)) event.detail.headers["X-Background"] = "true";
});

document.addEventListener("htmx:beforeSend", ({ detail }) => {
  const asker = askerOf(detail);
  askedAt.set(detail.xhr, performance.now());
  if (asker) inFlight.add(asker);
  detail.xhr.addEventListener("loadend", () => end(detail.xhr, asker));
});

/** Fetch what just came and is older than a word. `lapse`: how long ago it was asked for, in ms. */
export function catchUp(lapse) {
  const since = performance.now() - lapse;
  for (const each of listFragments().filter((each) => !known.has(each))) {
    known.add(each);
    if (words.some((word) => word.at >= since && cares(each, word))) refresh(each.id);
  }
}

function end(xhr, asker) {
  answered = null;
  catchUp(performance.now() - askedAt.get(xhr));
  if (!asker) return;
  inFlight.delete(asker);
  const hasFailed = !xhr.status || xhr.status === 429 || xhr.status >= 500;
  const times = hasFailed ? (failures.get(asker) ?? 0) : 0;
  failures.set(asker, hasFailed ? times + 1 : 0);
  if (hasFailed && !timers.has(asker)) arm(asker, Math.min(LONGEST_MS, AGAIN_MS * 2 ** times));
}

// Somebody may have come in while the answer was on its way; an answer to an act always arrives. What the answer brings for
// other places follows at once, and does not say itself whose it is.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  answered = askerOf(detail);
  const { target, serverResponse } = detail;
  const active = document.activeElement;
  const isKept = isPlace(active) && serverResponse.includes(`id="${active.id}"`);
  if (!answered || target.id !== answered || !detail.shouldSwap || !target.contains(active) || isKept) return;
  detail.shouldSwap = false;
  hold(target, answered);
});

document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
  const { target, fragment } = detail;
  const active = document.activeElement;
  const isKept = isPlace(active) && fragment.querySelector(`#${CSS.escape(active.id)}`);
  if (!answered || !target.contains(active) || isKept) return;
  detail.shouldSwap = false;
  hold(target, answered);
});

for (const name of ["focusout", "focusin", "htmx:afterSettle"]) document.addEventListener(name, () => setTimeout(release));

listFragments().forEach((each) => known.add(each));
