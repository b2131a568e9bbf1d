// <together-composers>: keeps what is typed (in the tab at once, on the server within a second), and sends it once,
// however often the connection breaks. What the server wants decided first is shown in place of the part.
import { announce, say } from "../ui/js/say.js";
import { Journal } from "./journal.js";
import "./presence.js";

const KEEP_MS = 500;
const RETRY_MS = [1000, 2000, 4000, 8000, 15000];
const PATIENCE_MS = 15_000;

function token(form) { return form.querySelector("[name=csrfmiddlewaretoken]").value; }

function ask(url, options) { return fetch(url, { ...options, signal: AbortSignal.timeout(PATIENCE_MS) }); }

class Composer {
  constructor(form, incident, journal) {
    Object.assign(this, { form, journal, slot: form.dataset.slot, tries: 0, sendTries: 0 });
    this.url = `/api/v1/incidents/${incident}/drafts/${this.slot}`;
    this.revision = Number(form.dataset.revision);
    this.area = form.querySelector("textarea");
    this.kept = this.area.value;
    form.addEventListener("input", (event) => { if (event.target === this.area) this.typed(); });
    form.addEventListener("keydown", (event) => this.pressed(event));
    form.addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
    form.addEventListener("click", (event) => this.replace(event));
    this.restore();
  }

  get isUnsaved() { return this.area.value !== this.kept; }

  async restore() {
    const found = await this.journal.read(this.slot);
    if (!found || !found.text || found.text === this.area.value || this.isUnsaved) return;
    this.area.value = found.text;
    this.show(say("已恢复断线前的内容。", "Brought back what was typed before the connection went."));
    this.keep();
  }

  typed() {
    this.journal.keep(this.slot, this.area.value);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), KEEP_MS);
  }

  async keep() {
    clearTimeout(this.timer);
    if (this.saving || this.isSending || !this.isUnsaved) return;
    const text = this.area.value;
    this.saving = this.save(text);
    await this.saving;
    this.saving = undefined;
    if (this.isUnsaved && !this.isLost && !this.isConflicting) this.keep();
  }

  async save(text) {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token(this.form) };
    const body = JSON.stringify({ text, revision: this.revision + 1 });
    try {
      const answer = await ask(this.url, { method: "POST", headers, body });
      if (answer.status === 412) return this.conflict();
      if (!answer.ok) throw new TypeError(String(answer.status));
      const { revision, saved_at } = await answer.json();
      this.found(revision, text, saved_at);
    } catch (problem) {
      if (!(problem instanceof TypeError || problem instanceof DOMException)) throw problem;
      this.lose();
    }
  }

  found(revision, text, at) {
    Object.assign(this, { revision, kept: text, tries: 0, isLost: false, isConflicting: false });
    const time = new Date(at).toLocaleTimeString([], { hour12: false });
    this.show(say("草稿已保存 {time}", "Draft saved {time}", { time }));
  }

  lose() {
    this.isLost = true;
    this.show(say("连接中断：内容保留在本页，恢复后自动保存。", "The connection is lost: it is kept on this page, and saved when it is back."));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.isLost = false; this.keep(); }, RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)]);
  }

  /** Another window of the same person was further: what stands here wins only with the next key. */
  async conflict() {
    this.isConflicting = true;
    const answer = await ask(this.url.replace(/\/[^/]+$/, ""), {});
    const kept = (await answer.json())[this.slot];
    this.revision = kept.revision;
    this.show(kept.text
      ? say("另一窗口的草稿较新；继续输入将以本窗口为准。", "Another window has a newer draft; go on typing to keep this one.")
      : say("已在另一窗口发出；继续输入将另存草稿。", "It was sent from another window; go on typing for another draft."));
    announce(this.state.textContent);
  }

  pressed(event) {
    if (event.isComposing || event.keyCode === 229 || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    this.form.requestSubmit();
  }

  replace(event) {
    const better = event.target.closest("[data-better]");
    if (!better) return;
    this.area.value = better.textContent.trim();
    this.area.focus();
    this.typed();
  }

  async send() {
    if (this.isSending || !this.area.value.trim()) return;
    this.isSending = true;
    clearTimeout(this.timer);
    clearTimeout(this.again);
    await this.saving;
    this.mark("sending", say("正在发送…", "Sending …"));
    try {
      const answer = await ask(this.form.action, { method: "POST", body: new FormData(this.form), headers: { "HX-Request": "true" } });
      if (answer.status >= 500) throw new TypeError(String(answer.status));
      await this.answered(answer);
    } catch (problem) {
      if (!(problem instanceof TypeError || problem instanceof DOMException)) throw problem;
      this.wait();
    }
  }

  async answered(answer) {
    const part = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = part.getElementById("together-replies");
    this.isSending = false;
    if (!fresh) {
      const sentence = part.querySelector("[role=alert]")?.textContent.trim();
      this.mark("", sentence || say("未发送（{status}），内容仍在。", "Not sent ({status}); it is still here.", { status: answer.status }));
      announce(this.state.textContent, true);
      this.keep();
      return;
    }
    if (answer.ok) this.journal.forget(this.slot);
    this.form.closest("together-composers").swap(fresh, this, answer.ok);
  }

  wait() {
    this.isSending = false;
    const isFirst = this.form.dataset.sending !== "waiting";
    this.mark("waiting", say("未发出：连接中断。内容保留，恢复后自动重发（只发一次）。", "Not sent: the connection is lost. It is kept, and sent once when it is back."));
    if (isFirst) announce(this.state.textContent, true);
    this.journal.keep(this.slot, this.area.value);
    this.again = setTimeout(() => this.send(), RETRY_MS[Math.min(this.sendTries++, RETRY_MS.length - 1)]);
  }

  back() {
    if (this.form.dataset.sending === "waiting") this.send();
    else if (this.isUnsaved) { this.isLost = false; this.keep(); }
  }

  stop() { clearTimeout(this.timer); clearTimeout(this.again); }

  get state() { return this.form.querySelector("[data-state]"); }

  show(text) { this.state.textContent = text; }

  mark(sending, text) {
    this.form.dataset.sending = sending;
    this.show(text);
  }
}

/** What was sent leaves the field to the single keys; what was not is decided or mended first. */
function afterSending(fresh, sender, isSent) {
  if (!isSent) return fresh.querySelector("[data-decide]") || fresh.querySelector(`form[data-slot="${sender.slot}"] textarea`);
  const heading = document.querySelector("incident-case h1") || document.querySelector("main h1");
  heading.tabIndex = -1;
  return heading;
}

class TogetherComposers extends HTMLElement {
  connectedCallback() {
    const journal = new Journal(this.dataset.incident, this.dataset.journal);
    this.composers = [...this.querySelectorAll("form.composer")].map((form) => new Composer(form, this.dataset.incident, journal));
    this.onOnline = () => this.composers.forEach((each) => each.back());
    this.onLeave = (event) => { if (this.composers.some((each) => each.isUnsaved)) event.preventDefault(); };
    addEventListener("online", this.onOnline);
    addEventListener("beforeunload", this.onLeave);
  }

  disconnectedCallback() {
    removeEventListener("online", this.onOnline);
    removeEventListener("beforeunload", this.onLeave);
    this.composers.forEach((each) => each.stop());
  }

  /** Put the server's part in place of this one; what is typed in the other composer goes along. */
  swap(fresh, sender, isSent) {
    for (const each of this.composers.filter((one) => one !== sender && one.isUnsaved)) {
      fresh.querySelector(`form[data-slot="${each.slot}"] textarea`).value = each.area.value;
    }
    const part = this.closest("#together-replies");
    const active = document.activeElement;
    const isFree = active === document.body || sender.form.contains(active);
    const other = part.contains(active) && active.id;
    part.replaceWith(fresh);
    window.htmx.process(fresh);
    if (isFree) afterSending(fresh, sender, isSent).focus({ preventScroll: isSent });
    else if (other) document.getElementById(other)?.focus({ preventScroll: true });
    const lines = fresh.querySelector(".together-lines");
    if (lines) lines.scrollTop = lines.scrollHeight;
    announce(isSent ? (sender.slot === "reply" ? say("已发出。", "Sent.") : say("备注已保存。", "The note is kept."))
      : fresh.querySelector("[role=alert]")?.textContent.trim() || "", !isSent);
  }
}

customElements.define("together-composers", TogetherComposers);
