// <desk-clock>: counts down once a second, speaks at thresholds only.
import { announce, say } from "./say.js";

const SOON_SHARE = 0.25;
const SPOKEN_SECONDS = [300, 60];
const WORDS = { running: "", soon: say("即将到时", "due soon"), over: say("已超时", "overdue") };
const clocks = new Set();

export function renderDuration(seconds) {
  const whole = Math.trunc(Math.abs(seconds));
  const pad = (number) => String(number).padStart(2, "0");
  const hours = Math.trunc(whole / 3600);
  const minutes = Math.trunc((whole % 3600) / 60);
  const text = hours ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${pad(minutes)}:${pad(whole % 60)}`;
  return seconds <= -1 ? `−${text}` : text;
}

class DeskClock extends HTMLElement {
  connectedCallback() {
    this.due = Date.parse(this.dataset.due);
    this.whole = Math.max(this.due - Date.parse(this.dataset.start), 1000);
    // The page's clock may be wrong; the server said what time it was.
    this.offset = Date.parse(this.dataset.now) - Date.now();
    this.before = this.left();
    clocks.add(this);
  }

  disconnectedCallback() { clocks.delete(this); }

  left() { return (this.due - Date.now() - this.offset) / 1000; }

  tick() {
    const left = this.left();
    const share = Math.min(Math.max((left * 1000) / this.whole, 0), 1);
    this.querySelector(".clock-text").textContent = renderDuration(left);
    const bar = this.querySelector(".clock-left");
    const width = (share * 100).toFixed(1);
    if (bar.getAttribute("width") !== width) bar.setAttribute("width", width);
    this.turn(left <= 0 ? "over" : share <= SOON_SHARE ? "soon" : "running");
    this.speak(left);
    this.before = left;
  }

  turn(state) {
    if (state === this.dataset.state) return;
    this.dataset.state = state;
    this.querySelector("use").setAttribute("href", `#clock-${state}`);
    this.querySelector(".clock-word").textContent = WORDS[state];
  }

  speak(left) {
    const label = this.getAttribute("aria-label");
    if (this.before > 0 && left <= 0) announce(say("{label}：已超时", "{label}: overdue", { label }), true);
    for (const seconds of SPOKEN_SECONDS) {
      if (this.before > seconds && left <= seconds) {
        announce(say("{label}：还剩 {n} 分钟", "{label}: {n} min left", { label, n: seconds / 60 }));
      }
    }
  }
}

customElements.define("desk-clock", DeskClock);
setInterval(() => clocks.forEach((clock) => clock.tick()), 1000);
