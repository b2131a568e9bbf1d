// Everything a page of the desk runs.
import "./appearance.js";
import "./clock.js";
import "./drafts.js";
import "./failures.js";
import "./live.js";
import "./masked.js";
import "./pictures.js";
import "./notices.js";
import "./palette.js";
import "./shortcuts.js";
import "./status_line.js";

const placeOf = (address) => new URL(address).pathname + new URL(address).search;

// htmx listens from here on, as its script comes first. Whoever went back once more while this page was loading is at an
// address of which it is not the page, and nobody heard it.
document.addEventListener("DOMContentLoaded", () => {
  const [arrival] = performance.getEntriesByType("navigation");
  if (history.state?.htmx && placeOf(arrival.name) !== placeOf(location.href)) location.reload();
  else document.documentElement.dataset.ready = "true";
});
