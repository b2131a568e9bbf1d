"""The list of commands that stand alone: where each lies, and what it does, in both languages.

The first sentence stands in the list of commands, all of it on the command's own page.
"""

from __future__ import annotations

from anxin.cli.language import both

Entry = tuple[str, str, str]
"""The module and function that carry a command out, and what it does as `both` says it."""

ROOT = both(
    "Anxin 安心：电商与社交电商的信任与安全平台。",
    "Anxin 安心: trust and safety for e-commerce and social commerce.",
)

COMMANDS: dict[str, Entry] = {
    "up": (
        "anxin.cli.up",
        "up",
        both(
            "启动网关、工作台和后台任务。按 Ctrl-C 安全停止；加 --demo 则带人员与模拟流量。",
            "Start gateway, desk and worker. Ctrl-C stops them cleanly; --demo adds people and simulated traffic.",
        ),
    ),
    "gateway": (
        "anxin.cli.gateway",
        "gateway",
        both(
            "只启动网关，在前台运行。按 Ctrl-C 停止。", "Serve the gateway alone, in the foreground. Ctrl-C stops it."
        ),
    ),
    "decide": (
        "anxin.cli.decide",
        "decide",
        both(
            "从标准输入逐行读取 JSON 事件并决策，无需服务器。有事件被拒收时以 1 退出。",
            "Decide JSON events from standard input, one a line, without a server. It exits with 1 if one is refused.",
        ),
    ),
    "order": (
        "anxin.cli.order",
        "order",
        both(
            "向网关下达名单、冻结或策略。运行中的网关十分之一秒内生效。",
            "Order a list entry, a hold or a policy. A running gateway obeys within a tenth of a second.",
        ),
    ),
    "backtest": (
        "anxin.cli.backtest",
        "backtest",
        both(
            "用历史事件回测一套策略。按到达顺序逐条决策；有事件被拒收时以 1 退出。",
            "Run a policy over old events. They are decided in order of arrival; it exits with 1 when one is refused.",
        ),
    ),
    "simulate": (
        "anxin.cli.simulate",
        "simulate",
        both(
            "生成带标签、可复现的模拟流量。按到达顺序写出日常行为和各种有名字的攻击。",
            "Write labelled, seeded traffic. Ordinary life and named attacks, in order of arrival.",
        ),
    ),
    "backup": (
        "anxin.cli.backup",
        "backup",
        both(
            "运行中把一切备份成一个文件。密钥须用口令加密才会放入。",
            "Copy everything into one file while it runs. Keys go in only under a passphrase.",
        ),
    ),
    "restore": (
        "anxin.cli.backup",
        "restore",
        both(
            "校验备份并恢复到空文件夹。恢复后会校验日志与审计记录；任何一处不对，就什么都不留下。",
            "Check a backup and bring it back into an empty folder. "
            "Log and audit trail are verified there; when anything is wrong, nothing is left behind.",
        ),
    ),
    "doctor": (
        "anxin.cli.doctor",
        "doctor",
        both(
            "检查这台机器，说明哪里不对、怎么修。发现问题时以 1 退出。",
            "Examine this machine: what is wrong, and how to mend it. It exits with 1 when something is.",
        ),
    ),
    "bench": (
        "anxin.cli.bench",
        "bench",
        both(
            "测量这台机器的决策速度。在本进程内从解码到编码走完整个决策。",
            "Measure how fast this machine decides. Whole decisions in this process: decode, features, rules, encode.",
        ),
    ),
}
