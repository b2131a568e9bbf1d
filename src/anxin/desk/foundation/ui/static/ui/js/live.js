// <live-stream src topics>: hears what was committed and refetches the fragments that care; never moves the focus.
// Server: id = sequence, event = topic, data = {seq, object_id}; "hello" opens, "resync" means look at everything,
// "ended" that the session is over.
import { clearBanner, showBanner } from "./notices.js";
import { say } from "./say.js";

const LOST_AFTER_MS = 10_000;
const RETRY_MS = [500, 1000, 2000, 4000, 8000];

class LiveStream extends HTMLElement {
  connectedCallback() {
    this.cursor = this.dataset.cursor || "";
    this.tries = 0;
    this.waiting = new Set();
    this.fetched = new Map();
    this.timer = setInterval(() => this.show(), 1000);
    this.open();
    document.addEventListener("focusout", () => setTimeout(() => this.refreshWaiting(), 0));
    // A fragment that came later may care about something that was not asked for yet.
    document.body.addEventListener("htmx:load", () => {
      if (this.topics().some((topic) => !this.heard.includes(topic))) this.open();
    });
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    clearTimeout(this.retry);
    this.source?.close();
  }

  topics() {
    const named = [...document.querySelectorAll("[data-live-topic]")].flatMap((each) => each.dataset.liveTopic.split(" "));
    return [...new Set(named)].sort();
  }

  open() {
    this.source?.close();
    this.heard = this.topics();
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
    for (const each of document.querySelectorAll(topic ? `[data-live-topic~="${topic}"]` : "[data-live-topic]")) {
      const wanted = each.dataset.liveId;
      if (!topic || !wanted || wanted === about) this.refresh(each);
    }
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

  refresh(fragment) {
    // Somebody is working inside: wait until they leave, so that nothing moves under their hands.
    if (fragment.contains(document.activeElement)) {
      fragment.dataset.liveStale = "true";
      this.waiting.add(fragment);
      return;
    }
    delete fragment.dataset.liveStale;
    // data-live-every="4": a list under constant traffic is fetched every four seconds, not with every word of it.
    const pause = Number(fragment.dataset.liveEvery || 0) * 1000;
    const wait = Math.max(100, (this.fetched.get(fragment.id) || 0) + pause - Date.now());
    clearTimeout(fragment.liveTimer);
    fragment.liveTimer = setTimeout(() => this.fetch(fragment), wait);
  }

  fetch(fragment) {
    if (!fragment.isConnected) return;
    if (fragment.contains(document.activeElement)) {
      this.refresh(fragment);
      return;
    }
    this.fetched.set(fragment.id, Date.now());
    window.htmx.trigger(fragment, "live");
  }

  refreshWaiting() {
    for (const fragment of [...this.waiting]) {
      if (fragment.contains(document.activeElement)) continue;
      this.waiting.delete(fragment);
      if (fragment.isConnected) this.refresh(fragment);
    }
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

// What a page fetches by itself is no sign of life of the person before it.
document.addEventListener("htmx:configRequest", (event) => {
  const cause = event.detail.triggeringEvent?.type;
  if (!cause || ["live", "load", "intersect"].includes(cause)) event.detail.headers["X-Background"] = "true";
});

customElements.define("live-stream", LiveStream);
