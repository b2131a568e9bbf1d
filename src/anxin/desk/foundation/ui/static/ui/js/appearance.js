// Theme buttons change the page at once and tell the server beside it; without script their form does the same.

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!event.target.matches("[data-look]") || button?.name !== "theme") return;
  event.preventDefault();
  document.documentElement.dataset.theme = button.value;
  for (const each of event.target.querySelectorAll("[name=theme]")) each.setAttribute("aria-pressed", each === button);
  const body = new FormData(event.target);
  body.set("theme", button.value);
  fetch(event.target.action, { method: "POST", body, redirect: "manual" });
});

// Menus close on Escape, on a click elsewhere, and when the focus leaves them.
const menus = () => document.querySelectorAll("details.menu[open], details.masked-ask[open]");
document.addEventListener("click", (event) => menus().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
document.addEventListener("focusin", (event) => menus().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest?.("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
  event.stopPropagation();
});
