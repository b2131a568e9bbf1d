// Ctrl+Enter, pictures pasted or dropped, copying, and pictures that open on a click.
import { toast } from "../ui/js/notices.js";
import { say } from "../ui/js/say.js";

const form = document.querySelector(".checks-box");
const picture = document.getElementById("picture");
const drop = document.querySelector("[data-drop]");

function take(files) {
  const file = [...files].find((each) => each.type.startsWith("image/"));
  if (!file) return false;
  const carried = new DataTransfer();
  carried.items.add(file);
  picture.files = carried.files;
  form.requestSubmit();
  return true;
}

form?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit(form.querySelector("[name=as]"));
  }
});

form?.addEventListener("paste", (event) => {
  if (event.clipboardData && take(event.clipboardData.files)) event.preventDefault();
});

for (const kind of ["dragover", "dragleave", "drop"]) {
  form?.addEventListener(kind, (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    drop.classList.toggle("is-over", kind === "dragover");
    if (kind === "drop") take(event.dataTransfer.files);
  });
}

form?.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.elt === form && event.detail.successful) picture.value = "";
});

document.addEventListener("click", async (event) => {
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    try {
      await navigator.clipboard.writeText(copy.dataset.copy);
      toast(say("已复制", "Copied"));
    } catch {
      toast(say("浏览器不允许复制，请手动选中。", "The browser does not allow copying; select it by hand."), "warning");
    }
  }
  const opener = event.target.closest("[data-unblur]");
  if (opener) {
    const isOpen = document.getElementById(opener.dataset.unblur).toggleAttribute("data-open");
    opener.setAttribute("aria-pressed", isOpen ? "true" : "false");
  }
});
