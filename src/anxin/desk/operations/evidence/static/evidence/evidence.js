// <evidence-box>: pictures pasted or dropped anywhere on the panel become files; Ctrl+Enter keeps them.
// <evidence-picture>: boxes drawn on a picture are written down beside it, in pixels of the original.
import { announce, say } from "../ui/js/say.js";

class EvidenceBox extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.files = this.querySelector("[data-files]");
    this.place = this.closest("#evidence") || this;
    this.form.addEventListener("keydown", (event) => this.pressed(event));
    this.onPaste = (event) => this.pasted(event);
    document.addEventListener("paste", this.onPaste);
    for (const kind of ["dragover", "dragleave", "drop"]) this.place.addEventListener(kind, (event) => this.dragged(event, kind));
  }

  disconnectedCallback() { document.removeEventListener("paste", this.onPaste); }

  pressed(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    this.form.requestSubmit(this.querySelector("[data-send]"));
  }

  pasted(event) {
    const files = [...(event.clipboardData?.files || [])];
    const field = event.target instanceof Element ? event.target.closest("input, textarea, [contenteditable]") : null;
    if (!files.length || (field && !this.contains(field))) return;
    event.preventDefault();
    this.take(files);
  }

  dragged(event, kind) {
    if (![...(event.dataTransfer?.types || [])].includes("Files")) return;
    event.preventDefault();
    this.classList.toggle("is-over", kind === "dragover");
    if (kind === "drop") this.take([...event.dataTransfer.files]);
  }

  take(files) {
    const carried = new DataTransfer();
    for (const each of [...this.files.files, ...files]) carried.items.add(each);
    this.files.files = carried.files;
    this.querySelector("[data-send]").focus();
    announce(say(`已放入 ${files.length} 个文件，按 Enter 保存。`, `${files.length} file(s) taken; press Enter to keep.`), true);
  }
}

class EvidencePicture extends HTMLElement {
  connectedCallback() {
    this.boxes = document.querySelector("[data-boxes]");
    if (!this.boxes) return;
    this.canvas = document.createElement("canvas");
    this.canvas.width = Number(this.dataset.width);
    this.canvas.height = Number(this.dataset.height);
    this.canvas.setAttribute("aria-hidden", "true");
    this.append(this.canvas);
    this.canvas.addEventListener("pointerdown", (event) => { this.start = this.point(event); this.canvas.setPointerCapture(event.pointerId); });
    this.canvas.addEventListener("pointermove", (event) => { if (this.start) this.draw(this.box(event)); });
    this.canvas.addEventListener("pointerup", (event) => this.keep(event));
    this.boxes.addEventListener("input", () => this.draw());
    this.draw();
  }

  point(event) {
    const place = this.canvas.getBoundingClientRect();
    const x = Math.round(((event.clientX - place.left) / place.width) * this.canvas.width);
    const y = Math.round(((event.clientY - place.top) / place.height) * this.canvas.height);
    return [Math.min(Math.max(x, 0), this.canvas.width), Math.min(Math.max(y, 0), this.canvas.height)];
  }

  box(event) {
    const [x, y] = this.point(event);
    return [Math.min(this.start[0], x), Math.min(this.start[1], y), Math.max(this.start[0], x), Math.max(this.start[1], y)];
  }

  keep(event) {
    if (!this.start) return;
    const box = this.box(event);
    this.start = null;
    if (box[2] - box[0] > 3 && box[3] - box[1] > 3) {
      this.boxes.value = `${this.boxes.value.trimEnd()}\n${box.join(",")}`.trimStart();
      this.boxes.closest("details").open = true;
    }
    this.draw();
  }

  draw(open) {
    const pen = this.canvas.getContext("2d");
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    pen.fillStyle = "rgb(24 24 27 / 70%)";
    const written = this.boxes.value.split("\n").map((line) => line.split(/[,\s]+/).map(Number)).filter((each) => each.length === 4);
    for (const [left, top, right, bottom] of open ? [...written, open] : written) pen.fillRect(left, top, right - left, bottom - top);
  }
}

customElements.define("evidence-box", EvidenceBox);
customElements.define("evidence-picture", EvidencePicture);
