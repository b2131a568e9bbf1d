"""The one list of rooms and pages: rail, command palette and person menu are drawn from it.

A room registers by one line here. It appears once its `page` is a path of `boot/urls.py`, to people who hold one of its
permissions; until then nobody sees an empty promise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from django.urls import NoReverseMatch, get_script_prefix, reverse

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.ui.words import Words

NO_WORDS = Words("", "")
_CHANNELS = Words("呼叫从哪里找到您；值班前先测试。", "Where calls reach you; test them before a shift.")
_NOTICES = Words("发给您的呼叫和消息，已读与未读。", "Calls and messages for you, read and unread.")


@dataclass(frozen=True)
class Destination:
    """A page people go to. `page` is its name in the paths, `keys` a sequence, `initials` the pinyin initials of `zh`.

    `permissions`: any of them opens it, none means everybody. `is_last` puts it at the foot of the rail.
    """

    page: str
    words: Words
    icon: str
    initials: str
    about: Words = NO_WORDS
    short: Words | None = None
    keys: str = ""
    permissions: tuple[str, ...] = ()
    is_last: bool = False


@dataclass(frozen=True)
class Door:
    """A destination as one actor sees it at this moment; `is_page`: the very page one is on."""

    words: Words
    short: Words
    icon: str
    href: str
    initials: str
    about: Words = NO_WORDS
    keys: str = ""
    is_here: bool = False
    is_page: bool = False
    is_last: bool = False


@dataclass(frozen=True)
class Navigation:
    """Where one can go: `rooms` on the rail, `mine` in the person menu, `pages` in the palette only."""

    rooms: tuple[Destination, ...] = ()
    mine: tuple[Destination, ...] = ()
    pages: tuple[Destination, ...] = field(default=())


NAVIGATION = Navigation(
    rooms=(
        Destination("home", Words("首页", "Start"), "house", "sy", keys="g h"),
        Destination(
            "queue",
            Words("队列", "Queue"),
            "inbox",
            "dl",
            about=Words("按到期时间排列的待处理事件。", "What waits to be handled, by due time."),
            keys="g q",
            permissions=("incident.view",),
        ),
        Destination(
            "incidents",
            Words("事件处置", "Incidents"),
            "siren",
            "sjcz",
            about=Words("进行中和已关闭的全部事件。", "Every incident, open and closed."),
            keys="g i",
            permissions=("incident.view",),
        ),
        Destination(
            "shift",
            Words("我的班次", "My shift"),
            "briefcase",
            "wdbc",
            about=Words("我手上的、答应过的、等我接手的。", "What is mine, promised, and offered to me."),
            short=Words("班次", "My shift"),
            keys="g s",
        ),
        Destination(
            "entities",
            Words("用户与对象", "People and things"),
            "scan-search",
            "yhydx",
            about=Words(
                "按编号、手机号、邮箱或订单查找，看到全貌。", "Find by id, phone, e-mail or order, and see it whole."
            ),
            short=Words("对象", "People, things"),
            keys="g p",
            permissions=("entity.search", "entity.view"),
        ),
        Destination(
            "decisions",
            Words("决策", "Decisions"),
            "gauge",
            "jc",
            about=Words("每个结论的理由、特征和当日策略。", "Each verdict with its reasons, features and policy."),
            keys="g d",
            permissions=("decision.view",),
        ),
        Destination(
            "checks",
            Words("核查", "Checks"),
            "shield-check",
            "hc",
            about=Words("核查链接、号码、短信、图片。", "Check links, numbers, messages, pictures."),
            keys="g c",
            permissions=("check.run",),
        ),
        Destination(
            "measures",
            Words("保护措施", "Measures"),
            "snowflake",
            "bhcs",
            about=Words("冻结与暂缓：是否生效、何时到期。", "Freezes and holds: do they work, when do they end."),
            keys="g z",
            permissions=("freeze.open", "freeze.release", "freeze.extend", "hold.open"),
        ),
        Destination(
            "approvals",
            Words("审批", "Approvals"),
            "user-check",
            "sp",
            about=Words("需要第二人批准的操作。", "What waits for a second person."),
            keys="g b",
        ),
        Destination(
            "handovers:page",
            Words("交接", "Hand-over"),
            "hand-helping",
            "jj",
            about=Words("交接给您的，和您手上的清单。", "What is offered to you, and what you hold."),
            keys="g j",
            permissions=("incident.work",),
        ),
        Destination(
            "wall",
            Words("值班墙", "Wall"),
            "layout-dashboard",
            "zbq",
            about=Words("谁快超时、谁没人管、谁在等。", "What runs out, what nobody has, who waits."),
            keys="g w",
            permissions=("incident.view",),
        ),
        Destination(
            "department_tasks:queue",
            Words("部门任务", "Department tasks"),
            "building-2",
            "bmrw",
            about=Words("各部门在事件中要做的事。", "What departments are asked to do."),
            short=Words("任务", "Tasks"),
            keys="g f",
            permissions=("incident.task",),
        ),
        Destination(
            "consults:advice",
            Words("咨询", "Advice"),
            "message-circle-question-mark",
            "zx",
            about=Words("请教导师、答复同事。", "Ask a mentor, answer a colleague."),
            permissions=("consult.ask",),
        ),
        Destination(
            "reviews",
            Words("复盘", "Reviews"),
            "notebook-pen",
            "fp",
            about=Words("从事件中学到什么，由谁改进。", "What incidents teach, and who makes it better."),
            keys="g n",
            permissions=("review.view",),
        ),
        Destination(
            "training",
            Words("培训", "Training"),
            "graduation-cap",
            "px",
            about=Words("谁有认证、何时到期。", "Who is certified, and until when."),
            keys="g t",
            permissions=("certificate.view",),
        ),
        Destination(
            "rota",
            Words("值班", "On call"),
            "calendar-clock",
            "zb",
            about=Words("现在谁在班、之后是谁、哪里有空缺。", "Who is on call, who comes next, where nobody is."),
            keys="g v",
        ),
        Destination(
            "reports",
            Words("报表", "Reports"),
            "chart-column",
            "bb",
            about=Words("承诺、规则质量和标签。", "Promises, rule quality, labels."),
            keys="g r",
            permissions=("report.view", "policy.view", "label.view"),
        ),
        Destination(
            "audit",
            Words("审计", "Audit"),
            "scroll-text",
            "sj",
            about=Words("谁在什么时候做了什么、看了什么。", "Who did and saw what, and when."),
            keys="g a",
            permissions=("audit.read", "audit.read_own"),
        ),
        Destination(
            "people",
            Words("同事", "Colleagues"),
            "users",
            "ts",
            about=Words("谁在这里工作、担任什么角色。", "Who works here, and in which roles."),
            keys="g u",
            permissions=("person.view", "person.invite"),
        ),
        Destination(
            "privacy",
            Words("隐私", "Privacy"),
            "file-lock",
            "ys",
            about=Words("加密密钥、保存期限、删除与留存。", "Keys, retention, erasure and legal hold."),
            keys="g k",
            permissions=("key.rotate", "data.erase", "data.retain"),
        ),
        Destination(
            "organisation_settings",
            Words("设置", "Settings"),
            "settings",
            "sz",
            about=Words("站点、部门和组织选项。", "Sites, departments and options."),
            keys="g e",
            permissions=("organisation.configure",),
            is_last=True,
        ),
    ),
    mine=(
        Destination(
            "my_permissions",
            Words("我可以做什么", "What I may do"),
            "list-checks",
            "wkyzsm",
            about=Words("您的权限、限额和谁能代您操作。", "Your permissions and limits, and who can do the rest."),
            keys="g y",
        ),
        Destination("channels", Words("通知渠道", "Channels"), "bell-ring", "tzqd", about=_CHANNELS),
        Destination("notices", Words("通知", "Notices"), "bell", "tz", about=_NOTICES, keys="g x"),
        Destination(
            "mfa_index",
            Words("登录与安全", "Sign-in and security"),
            "key-round",
            "dlyaq",
            about=Words("密码、两步验证、通行密钥和会话。", "Password, second factor, passkeys, sessions."),
        ),
    ),
    pages=(
        Destination("report", Words("上报风险", "Report a risk"), "siren", "sbfx", permissions=("incident.report",)),
        Destination(
            "queue_mine",
            Words("我的事件", "My incidents"),
            "user-round-check",
            "wdsj",
            keys="g m",
            permissions=("incident.view",),
        ),
        Destination("signatures", Words("特征库", "Signature library"), "library", "tzk", permissions=("policy.view",)),
        Destination("cases", Words("案例库", "Case library"), "library", "alk", permissions=("case.view",)),
        Destination(
            "improvements", Words("改进措施", "Corrective actions"), "list-todo", "gjcs", permissions=("review.view",)
        ),
        Destination("promises", Words("承诺达成", "Promises kept"), "timer", "cndc", permissions=("report.view",)),
        Destination("rule_qualities", Words("规则质量", "Rule quality"), "scale", "gzzl", permissions=("policy.view",)),
        Destination("labels", Words("标签", "Labels given"), "tag", "bq", permissions=("label.view",)),
        Destination(
            "audit_alerts",
            Words("访问异常提醒", "Access alerts"),
            "bell",
            "fwyctx",
            permissions=("insider.open", "audit.read"),
        ),
        Destination(
            "status_line", Words("状态提示", "Status line"), "megaphone", "ztts", permissions=("status_line.set",)
        ),
        Destination(
            "lists",
            Words("名单", "Lists"),
            "list",
            "md",
            about=Words("黑白灰名单：谁在上面、为什么、到何时。", "Black, white, grey lists: who, why, until when."),
            permissions=("list.view",),
        ),
        Destination(
            "webhooks",
            Words("回调地址", "Webhooks"),
            "webhook",
            "hddz",
            permissions=("webhook.configure",),
        ),
        Destination(
            "incident_settings:page",
            Words("事件设置", "Incident settings"),
            "sliders-horizontal",
            "sjsz",
            permissions=("incident.configure",),
        ),
        Destination(
            "invite",
            Words("邀请同事", "Invite a colleague"),
            "user-plus",
            "yqts",
            permissions=("person.invite",),
        ),
        Destination(
            "service_accounts",
            Words("服务账号与密钥", "Service accounts and keys"),
            "bot",
            "fwzhymy",
            permissions=("key.configure",),
        ),
        Destination("sites", Words("站点", "Sites"), "map-pin", "zd", permissions=("organisation.configure",)),
        Destination(
            "departments", Words("部门", "Departments"), "building-2", "bm", permissions=("organisation.configure",)
        ),
        Destination(
            "recertification",
            Words("权限复核", "Recertify rights"),
            "badge-check",
            "qxfh",
            permissions=("role.recertify",),
        ),
        Destination("sessions", Words("在线会话", "Live sessions"), "monitor", "zxhh", permissions=("session.revoke",)),
        Destination("my_sessions", Words("我的会话", "My sessions"), "monitor-smartphone", "wdhh"),
        Destination("guide", Words("界面组件", "Style guide"), "palette", "jmzj"),
    ),
)


def find_path(page: str) -> str | None:
    """Return the path of a page, None as long as nobody has built it."""
    return _path_below(page, get_script_prefix())


@cache
def _path_below(page: str, prefix: str) -> str | None:
    """Look a page's path up once: every page of the desk asks for half a hundred."""
    try:
        return reverse(page)
    except NoReverseMatch:
        return None


def list_doors(destinations: tuple[Destination, ...], *, by: Actor, path: str) -> tuple[Door, ...]:
    """Return the destinations that exist and are open to the actor; the one nearest above `path` is marked."""
    open_ = [(each, href) for each in destinations if (href := _open_path(each, by=by)) is not None]
    above = [href for _, href in open_ if path == href or (href != "/" and path.startswith(href))]
    here = max(above, key=len, default=None)
    return tuple(_door(each, href, is_here=href == here, is_page=href == here == path) for each, href in open_)


def _open_path(destination: Destination, *, by: Actor) -> str | None:
    is_open = not destination.permissions or any(by.grant(code) for code in destination.permissions)
    return find_path(destination.page) if is_open else None


def _door(destination: Destination, href: str, *, is_here: bool, is_page: bool) -> Door:
    return Door(
        words=destination.words,
        short=destination.short or destination.words,
        icon=destination.icon,
        href=href,
        initials=destination.initials,
        about=destination.about,
        keys=destination.keys,
        is_here=is_here,
        is_page=is_page,
        is_last=destination.is_last,
    )
