// Puts a part of a parsed page in the place of the one that is shown. A long list is put in natively: htmx would walk
// through every element that goes and comes, and there is nothing for it in rows.

/** Move the clocks of a page on by the time it was kept. */
function moveOn(part, lapse) {
  for (const clock of part.querySelectorAll("desk-clock")) {
    clock.dataset.now = new Date(Date.parse(clock.dataset.now) + lapse).toISOString();
  }
}

/** The column of the queue stays when one incident follows another: it hears what changes by itself. */
function keepBeside(old, fresh) {
  const column = old.querySelector("incident-queue.is-slim");
  if (column) fresh.querySelector("#case-beside")?.replaceWith(column);
}

/** Show the element of a page with this id, under the page's address; return false when the page has none. */
export function show(page, id, href, lapse = 0) {
  const old = document.getElementById(id);
  const fresh = page.getElementById(id);
  if (!old || !fresh) return false;
  if (lapse) moveOn(fresh, lapse);
  document.adoptNode(fresh);
  keepBeside(old, fresh);
  // What is left behind is marked too, so that going back to it asks for it anew.
  history.replaceState({ htmx: true }, "");
  history.pushState({ htmx: true }, "", href);
  if (page.title) document.title = page.title;
  old.replaceWith(fresh);
  window.htmx.process(fresh);
  window.htmx.trigger(fresh, "htmx:load");
  return true;
}
