// <masked-value>: shows a revealed value for its seconds, then puts the mask back.

class MaskedValue extends HTMLElement {
  connectedCallback() {
    if (this.observer) return;
    this.covered = this.innerHTML;
    this.observer = new MutationObserver(() => this.look());
    this.observer.observe(this, { childList: true });
    this.addEventListener("click", (event) => {
      if (event.target.closest("[data-mask-now]")) this.cover(true);
    });
    this.addEventListener("keydown", (event) => {
      const ask = this.querySelector("details[open]");
      if (event.key === "Escape" && ask) {
        ask.open = false;
        ask.querySelector("summary").focus();
        event.stopPropagation();
      }
    });
  }

  disconnectedCallback() { clearInterval(this.timer); }

  look() {
    const clear = this.querySelector(".masked-clear[data-seconds]");
    if (!clear || this.timer) return;
    const until = Date.now() + Number(clear.dataset.seconds) * 1000;
    this.timer = setInterval(() => {
      const left = Math.ceil((until - Date.now()) / 1000);
      const count = this.querySelector("[data-count]");
      if (count) count.textContent = Math.max(left, 0);
      if (left <= 0) this.cover(this.contains(document.activeElement));
    }, 250);
    if (document.activeElement === document.body) this.querySelector("[data-mask-now]")?.focus();
  }

  cover(takesFocus) {
    if (!this.timer) return;
    clearInterval(this.timer);
    this.timer = undefined;
    this.innerHTML = this.covered;
    window.htmx?.process(this);
    if (takesFocus) this.querySelector("summary")?.focus();
  }
}

customElements.define("masked-value", MaskedValue);
// A page kept for the back button must not keep a clear value.
addEventListener("pagehide", () => document.querySelectorAll("masked-value").forEach((each) => each.cover?.(false)));
