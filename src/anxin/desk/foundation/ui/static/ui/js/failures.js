// When a request of the page fails: say what happened, what was kept, what to do; offer to try again.
import { isByItself } from "./fragments.js";
import { clearBanner, showBanner } from "./notices.js";
import { say } from "./say.js";

const KEY = "request";

function again(config) {
  window.htmx.ajax(config.verb, config.path, {
    source: config.elt, target: config.target, values: config.verb === "get" ? undefined : Object.fromEntries(config.formData),
  });
}

/** Whether it is a fragment that follows what was committed: it asks again by itself, and the connection is shown above. */
function isFollowing(event) { return event.detail.requestConfig.triggeringEvent?.type === "live"; }

function connectionLost(event) {
  if (isFollowing(event)) return;
  const config = event.detail.requestConfig;
  showBanner(KEY, {
    title: say("连接中断，操作未送达。", "The connection was lost; this was not sent."),
    text: say("您输入的内容已保留在本页。网络恢复后请重试。", "What you typed is kept on this page. Try again when the network is back."),
    action: say("重试", "Try again"),
    onAction: () => again({ ...config, elt: event.detail.elt, target: event.detail.target }),
  });
}

function refused(event) {
  const answer = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  const sentence = answer.querySelector("[role=alert]")?.textContent.trim();
  const status = event.detail.xhr.status;
  const isFault = status >= 500;
  const config = event.detail.requestConfig;
  showBanner(KEY, {
    tone: isFault ? "danger" : "warning",
    title: isFault ? say("服务出错，操作未完成。", "Something broke on our side; this was not done.") : say("操作未执行。", "This was not done."),
    text: sentence || say("您输入的内容仍在本页。（{status}）", "What you typed is still on this page. ({status})", { status }),
    action: isFault ? say("重试", "Try again") : undefined,
    onAction: () => again({ ...config, elt: event.detail.elt, target: event.detail.target }),
  });
}

document.body.addEventListener("htmx:sendError", connectionLost);
document.body.addEventListener("htmx:timeout", connectionLost);
document.body.addEventListener("htmx:responseError", (event) => {
  // A session that ended leads to the sign-in, and back here afterwards.
  if (event.detail.xhr.status === 401) {
    showBanner(KEY, {
      tone: "warning",
      title: say("登录已过期。", "Your session has ended."),
      text: say("您输入的内容已保留，重新登录后回到本页。", "What you typed is kept; sign in again to come back here."),
      action: say("登录", "Sign in"),
      onAction: () => { location.href = `/accounts/login/?next=${encodeURIComponent(location.pathname + location.search)}`; },
    });
  } else if (!isFollowing(event)) refused(event);
});
// What the page asked for by itself says nothing of the act that failed.
document.body.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful && !isByItself(event.detail)) clearBanner(KEY); });

addEventListener("offline", () => showBanner("offline", {
  tone: "warning",
  title: say("网络已断开。", "You are offline."),
  text: say("页面停留在断开前的状态；输入的内容会保留。", "The page shows what it knew before; what you type is kept."),
}));
addEventListener("online", () => clearBanner("offline"));
