// <critical-sound>: a short tone when a new L1 appears on this screen. Off until somebody turns it on in this browser;
// before that not even an audio context is made.
import { say } from "../ui/js/say.js";

const KEPT = "anxin.sound";
const TONES = [[660, 0], [880, 0.18]];
const SECONDS = 0.16;
const LOUDNESS = 0.12;

class CriticalSound extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.button.addEventListener("click", () => this.turn(!this.isOn()));
    this.known = this.ids();
    this.later = () => this.compare();
    document.body.addEventListener("htmx:afterSwap", this.later);
    this.show();
  }

  disconnectedCallback() { document.body.removeEventListener("htmx:afterSwap", this.later); }

  isOn() { return localStorage.getItem(KEPT) === "on"; }

  ids() {
    const named = [...document.querySelectorAll("[data-critical]")].flatMap((each) => each.dataset.critical.split(" "));
    return new Set(named.filter(Boolean));
  }

  compare() {
    const now = this.ids();
    const isNew = [...now].some((each) => !this.known.has(each));
    this.known = now;
    if (isNew && this.isOn()) this.play();
  }

  turn(on) {
    localStorage.setItem(KEPT, on ? "on" : "off");
    this.show();
    if (on) this.play();
  }

  show() {
    const on = this.isOn();
    this.button.setAttribute("aria-pressed", String(on));
    this.querySelector("[data-on]").hidden = !on;
    this.querySelector("[data-off]").hidden = on;
    this.querySelector("[data-words]").textContent = on ? say("一级提示音：开", "L1 sound: on") : say("一级提示音：关", "L1 sound: off");
  }

  play() {
    this.context ||= new AudioContext();
    for (const [pitch, after] of TONES) {
      const tone = this.context.createOscillator();
      const volume = this.context.createGain();
      const at = this.context.currentTime + after;
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0, at);
      volume.gain.linearRampToValueAtTime(LOUDNESS, at + 0.02);
      volume.gain.linearRampToValueAtTime(0, at + SECONDS);
      tone.connect(volume).connect(this.context.destination);
      tone.start(at);
      tone.stop(at + SECONDS);
    }
  }
}

customElements.define("critical-sound", CriticalSound);
