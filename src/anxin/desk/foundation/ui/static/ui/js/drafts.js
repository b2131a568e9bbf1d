// <form data-draft="key">: keeps typed text until the form is sent, and brings it back after a lost connection.
// Text stands in clear in this tab's storage, so personal fields carry data-draft-never; passwords and files never count.
import { make, say } from "./say.js";

const PREFIX = "anxin-draft:";
const SKIPPED = new Set(["password", "file", "hidden", "submit", "button"]);

function keptFields(form) {
  return [...form.elements].filter((field) => field.name && !SKIPPED.has(field.type) && !("draftNever" in field.dataset));
}

function write(form) {
  const values = {};
  for (const field of keptFields(form)) {
    if (field.type === "checkbox" || field.type === "radio") {
      if (field.checked) (values[field.name] ??= []).push(field.value);
    } else if (field.value) values[field.name] = [field.value];
  }
  sessionStorage.setItem(PREFIX + form.dataset.draft, JSON.stringify({ at: Date.now(), values }));
  note(form, say("草稿已保存 {time}", "Draft saved {time}", { time: new Date().toLocaleTimeString([], { hour12: false }) }));
}

function forget(form) {
  sessionStorage.removeItem(PREFIX + form.dataset.draft);
  note(form, "");
}

function note(form, text) {
  let line = form.querySelector(".draft-note");
  if (!line) {
    if (!text) return;
    line = make("p", { className: "draft-note", role: "status" });
    form.append(line);
  }
  line.textContent = text;
}

function restore(form) {
  const kept = sessionStorage.getItem(PREFIX + form.dataset.draft);
  if (!kept) return;
  const { values } = JSON.parse(kept);
  let isChanged = false;
  for (const field of keptFields(form)) {
    const given = values[field.name];
    if (field.type === "checkbox" || field.type === "radio") {
      if (given) field.checked = given.includes(field.value);
    } else if (given && field.value !== given[0]) {
      field.value = given[0];
      isChanged = true;
    }
  }
  if (!isChanged) return;
  note(form, say("已恢复未提交的内容。", "Brought back what was not sent."));
  const button = make("button", { type: "button", className: "link-button" }, say("放弃草稿", "Discard the draft"));
  button.addEventListener("click", () => { forget(form); form.reset(); });
  form.querySelector(".draft-note").append(" ", button);
}

let timer;
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.dataset.draft) return;
  clearTimeout(timer);
  timer = setTimeout(() => write(form), 150);
});
// A plain form leaves the page before its answer is known: the draft goes only when the answer came.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.draft) return;
  clearTimeout(timer);
  write(form);
  if (!form.matches("[hx-post],[hx-put],[hx-patch]")) {
    sessionStorage.setItem(`${PREFIX}sent`, JSON.stringify([form.dataset.draft, location.pathname]));
  }
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest?.("form[data-draft]");
  if (form && event.detail.successful && event.detail.requestConfig.verb !== "get") forget(form);
});
document.addEventListener("htmx:load", (event) => event.detail.elt.querySelectorAll?.("form[data-draft]").forEach(restore));

// Arrived from that very form: the server took it, or shows it again with what is wrong. Coming by any other way, or to
// an error, means that nobody knows whether it arrived; then the draft stays.
const sent = sessionStorage.getItem(`${PREFIX}sent`);
if (sent !== null) {
  sessionStorage.removeItem(`${PREFIX}sent`);
  const [key, path] = JSON.parse(sent);
  const came = performance.getEntriesByType("navigation")[0]?.type;
  const isFromForm = document.referrer && new URL(document.referrer).pathname === path;
  if (came === "navigate" && isFromForm && document.body.dataset.status === "200") sessionStorage.removeItem(PREFIX + key);
}
document.querySelectorAll("form[data-draft]").forEach(restore);
