"""The pages of the style guide: one per component."""

from __future__ import annotations

from dataclasses import dataclass

from anxin.desk.foundation.ui.words import Words


@dataclass(frozen=True)
class Component:
    """One component; `code` names its sample template and its address."""

    code: str
    words: Words
    about: Words

    @property
    def sample(self) -> str:
        """Return the name of its sample template."""
        return f"guide/samples/{self.code}.html"


COMPONENTS = (
    Component(
        "tokens",
        Words("颜色与字号", "Colours and sizes"),
        Words("所有界面只用这些值；三种主题都达到 AA。", "Every screen uses only these; AA in all three themes."),
    ),
    Component(
        "level",
        Words("级别", "Level badge"),
        Words("事件级别：文字、形状与颜色同时表达。", "An incident's level by word, shape and colour."),
    ),
    Component(
        "clock",
        Words("时钟", "Clock"),
        Words(
            "剩余时间：文字、进度条与形状；只在临界点播报。",
            "Time left as text, bar and shape; spoken at thresholds only.",
        ),
    ),
    Component(
        "chips",
        Words("结论与状态", "Verdicts and states"),
        Words("处置结论、风险等级和其他状态。", "Verdicts, risk levels and other states."),
    ),
    Component(
        "reasons",
        Words("理由", "Reason list"),
        Words(
            "每条理由是一句话，带来源和时间；缺失的数据会明说。",
            "Each reason is a sentence with source and age; what is missing is said.",
        ),
    ),
    Component(
        "masked",
        Words("遮蔽的信息", "Masked value"),
        Words(
            "默认遮蔽；说明用途后显示 60 秒，并写入审计。",
            "Masked by default; shown for 60 s after a purpose is given, and audited.",
        ),
    ),
    Component(
        "entity",
        Words("对象标签", "Entity chip"),
        Words("用户、设备、银行卡等对象，点击进入全貌。", "A user, device, card …; leads to all about it."),
    ),
    Component(
        "timeline",
        Words("时间线", "Timeline"),
        Words("按时间倒序显示发生的事。", "What happened, latest first."),
    ),
    Component(
        "diff",
        Words("变更对比", "Diff"),
        Words("逐行比较两段文字。", "Two texts line by line."),
    ),
    Component(
        "table",
        Words("表格与翻页", "Table and paging"),
        Words(
            "数字等宽右对齐；j、k 移动，Enter 打开；按游标翻页。",
            "Even figures at the right; j and k move, Enter opens; pages by cursor.",
        ),
    ),
    Component(
        "filters",
        Words("筛选", "Filter bar"),
        Words("改动后立即生效，不用脚本也能用。", "Acts on change, and works without script."),
    ),
    Component(
        "form",
        Words("表单", "Form"),
        Words("标签、帮助和错误；未提交的内容会保留。", "Label, help, error; what was not sent is kept."),
    ),
    Component(
        "buttons",
        Words("按钮", "Buttons"),
        Words("每页至多一个主按钮；危险操作从不挨着发送。", "One main button a page; danger never beside send."),
    ),
    Component(
        "stepper",
        Words("步骤", "Stepper"),
        Words("预案步骤，始终只有一个“下一步”。", "A playbook's steps, with exactly one NEXT."),
    ),
    Component(
        "evidence",
        Words("证据", "Evidence tile"),
        Words("图片默认模糊，附指纹和接收人。", "Pictures blurred, with fingerprint and receiver."),
    ),
    Component(
        "notices",
        Words("提示与空状态", "Notices and empty states"),
        Words("发生了什么、保留了什么、该做什么。", "What happened, what was kept, what to do."),
    ),
    Component(
        "charts",
        Words("图表", "Charts"),
        Words(
            "分布带阈值，趋势带目标线；都附表格和 CSV。",
            "Distributions with threshold, trends with target; each with table and CSV.",
        ),
    ),
    Component(
        "graph",
        Words("关系图", "Relation graph"),
        Words(
            "共用设备、银行卡、地址的对象；可用键盘逐个走访。",
            "Who shares a device, card or address; walkable by keyboard.",
        ),
    ),
)


def find_component(code: str) -> Component | None:
    """Return the component of that code."""
    return next((each for each in COMPONENTS if each.code == code), None)
