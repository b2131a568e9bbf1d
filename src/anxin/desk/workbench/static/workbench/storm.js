// <storm-choice>: choose a page of victims at once, and count what is chosen.
import { say } from "../ui/js/say.js";

class StormChoice extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", (event) => {
      if ("pageAll" in event.target.dataset) for (const each of this.boxes()) each.checked = event.target.checked;
      this.count();
    });
    this.count();
  }

  boxes() { return [...this.querySelectorAll("[name=victim]")]; }

  count() {
    const all = this.querySelector("[name=all]")?.checked;
    const chosen = this.boxes().filter((each) => each.checked).length;
    this.querySelector("[data-count]").textContent = all ? say("已选择全部", "all chosen") : say("已选 {n} 人", "{n} chosen", { n: chosen });
  }
}

customElements.define("storm-choice", StormChoice);
