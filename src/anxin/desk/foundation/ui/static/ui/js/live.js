// <live-stream src data-cursor>: hears what was committed after the cursor, so that the fragments that care follow it.
// Server: id = sequence, event = topic, data = {seq, object_id}; "hello" opens, "resync" means look at everything,
// "ended" that the session is over.
import { listTopics, tell } from "./fragments.js";
import { clearBanner, showBanner } from "./notices.js";
import { say } from "./say.js";

const LOST_AFTER_MS = 10_000;
const RETRY_MS = [500, 1000, 2000, 4000, 8000];

class LiveStream extends HTMLElement {
  connectedCallback() {
    this.cursor = this.dataset.cursor || "";
    this.tries = 0;
    this.timer = setInterval(() => this.show(), 1000);
    this.open();
    // A fragment that came later may care about something that was not asked for yet.
    document.body.addEventListener("htmx:load", () => {
      if (listTopics().some((topic) => !this.heard.includes(topic))) this.open();
    });
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    clearTimeout(this.retry);
    this.source?.close();
  }

  open() {
    this.source?.close();
    this.heard = listTopics();
    const query = new URLSearchParams({ topics: this.heard.join(",") });
    if (this.cursor) query.set("cursor", this.cursor);
    this.source = new EventSource(`${this.getAttribute("src")}?${query}`);
    this.source.onerror = () => this.failed();
    this.source.addEventListener("hello", (event) => this.opened(event));
    this.source.addEventListener("resync", (event) => this.hear("", event));
    this.source.addEventListener("ended", () => this.end());
    for (const topic of this.heard) this.source.addEventListener(topic, (event) => this.hear(topic, event));
  }

  opened(event) {
    this.cursor ||= event.lastEventId;
    this.tries = 0;
    this.lostAt = undefined;
    clearBanner("live");
    this.show("live");
  }

  failed() {
    this.lostAt ??= Date.now();
    this.show("waiting");
    if (this.source.readyState !== EventSource.CLOSED) return;
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.open(), RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)]);
  }

  hear(topic, event) {
    this.cursor = event.lastEventId || this.cursor;
    const about = JSON.parse(event.data).object_id;
    // Elements that take changes one by one, such as a long list, listen to this instead of refetching themselves.
    this.dispatchEvent(new CustomEvent("heard", { bubbles: true, detail: { topic, about } }));
    tell(topic, about);
  }

  end() {
    this.source.close();
    this.lostAt = Date.now();
    this.show("lost");
    showBanner("live", {
      tone: "warning",
      title: say("登录已结束。", "Your session has ended."),
      text: say("页面不再更新；输入的内容已保留，重新登录后回到本页。", "This page no longer updates; what you typed is kept. Sign in again to come back here."),
      action: say("登录", "Sign in"),
      onAction: () => location.reload(),
    });
  }

  show(state) {
    if (state) this.dataset.state = state;
    if (this.lostAt && Date.now() - this.lostAt > LOST_AFTER_MS && this.dataset.state !== "lost") this.lose();
    const lost = new Date(this.lostAt).toLocaleTimeString([], { hour12: false });
    this.querySelector(".live-words").textContent = {
      live: say("实时", "live"),
      waiting: say("正在重连…", "reconnecting …"),
      lost: say("{lost} 起中断", "lost since {lost}", { lost }),
    }[this.dataset.state || "waiting"];
  }

  lose() {
    this.dataset.state = "lost";
    showBanner("live", {
      tone: "warning",
      title: say("实时更新已中断。", "Live updates have stopped."),
      text: say("页面可能不是最新；输入的内容不受影响。正在自动重连，恢复后会补齐。", "This page may be out of date; what you type is safe. It reconnects by itself and catches up."),
    });
  }
}

customElements.define("live-stream", LiveStream);
