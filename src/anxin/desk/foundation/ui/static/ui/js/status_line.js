// <status-line data-until>: what a lead tells everybody; gone by itself when its time is over.
const LONGEST_WAIT_MS = 2 ** 31 - 1;

class StatusLine extends HTMLElement {
  connectedCallback() {
    // The browser's clock may be wrong; the server said what time it was.
    const left = Date.parse(this.dataset.until) - Date.parse(this.dataset.now);
    this.timer = setTimeout(() => this.remove(), Math.min(Math.max(left, 0), LONGEST_WAIT_MS));
  }

  disconnectedCallback() { clearTimeout(this.timer); }
}

customElements.define("status-line", StatusLine);
