"""The groups of commands, as `commands.py` lists the single ones."""

from __future__ import annotations

from anxin.cli.commands import Entry
from anxin.cli.language import both

GROUPS: dict[str, tuple[str, dict[str, Entry]]] = {
    "policy": (
        both("新建、检查和比较策略。", "Begin, check and compare policies."),
        {
            "new": (
                "anxin.cli.policy",
                "new",
                both(
                    "以起步策略为底，新建自己的策略。",
                    "Begin a policy of your own with the files of the starter policy.",
                ),
            ),
            "check": (
                "anxin.cli.policy",
                "check",
                both(
                    "检查写法与类型，并运行规则自带的测试。策略不可用时以 3 退出。",
                    "Lint, type-check and run the rules' own tests. It exits with 3 when the policy may not be used.",
                ),
            ),
            "diff": (
                "anxin.cli.policy",
                "diff",
                both("说明两套策略之间改了什么。", "Say what changed between two policies."),
            ),
        },
    ),
    "keys": (
        both("网关的访问密钥，以及加密密钥。", "API keys of the gateway, and encryption keys."),
        {
            "list": (
                "anxin.cli.keys",
                "show",
                both(
                    "列出谁可以调用、有哪些权限、从哪里调用。密钥本身不保存，也无从显示。",
                    "List who may call, with which scopes, from where. The secrets themselves are kept nowhere.",
                ),
            ),
            "new": (
                "anxin.cli.keys",
                "new",
                both(
                    "新建密钥，只显示这一次。运行中的网关十分之一秒内认得它。",
                    "Make a key and show it, this once. A running gateway knows it within a tenth of a second.",
                ),
            ),
            "revoke": (
                "anxin.cli.keys",
                "revoke",
                both(
                    "吊销密钥，不可恢复。运行中的网关十分之一秒内拒绝它。",
                    "Revoke a key for good. A running gateway refuses it within a tenth of a second.",
                ),
            ),
            "rotate": (
                "anxin.cli.rotate",
                "rotate",
                both(
                    "轮换加密密钥，不停机。此后的日志段与工作台的密封数据改用新密钥，旧数据照常可读。",
                    "Begin new encryption keys, without a pause. "
                    "Coming log segments and the desk's sealed values use them; what is older stays readable.",
                ),
            ),
        },
    ),
    "log": (
        both("决策日志。", "The decision log."),
        {
            "verify": (
                "anxin.cli.log",
                "verify",
                both(
                    "逐条校验决策日志，指出第一处断裂。有损坏时以 3 退出。",
                    "Walk the decision log and name the first broken link. It exits with 3 when something is broken.",
                ),
            )
        },
    ),
    "desk": (
        both("工作台自己的程序。", "The desk's own programs."),
        {
            "serve": (
                "anxin.cli.desk",
                "serve",
                both(
                    "只启动工作台，在前台运行。按 Ctrl-C 停止；设置来自环境变量 ANXIN_DESK_…。",
                    "Serve the desk alone, in the foreground. "
                    "Ctrl-C stops it; its settings are variables ANXIN_DESK_….",
                ),
            ),
            "worker": (
                "anxin.cli.desk",
                "worker",
                both(
                    "只启动后台任务，在前台运行。按 Ctrl-C 停止；设置来自环境变量 ANXIN_DESK_…。",
                    "Run the desk's worker alone, in the foreground. "
                    "Ctrl-C stops it; its settings are variables ANXIN_DESK_….",
                ),
            ),
            "prepare": (
                "anxin.cli.desk",
                "prepare",
                both(
                    "建立或升级工作台的数据表。数据库不可用时以 3 退出。",
                    "Create or upgrade the desk's tables. It exits with 3 when the database cannot be used.",
                ),
            ),
        },
    ),
    "aside": (
        both("后台任务处理不了、先搁置的事实。", "What the worker could not react to and laid aside."),
        {
            "list": (
                "anxin.cli.aside",
                "show",
                both(
                    "列出搁置了什么。从何时起、为何失败、何时再试。",
                    "List what is laid aside. Since when, what it failed with, and when it is tried again.",
                ),
            ),
            "retry": (
                "anxin.cli.aside",
                "retry",
                both(
                    "立即再试一次，例如在修好出错的地方之后。", "Try it again at once, e.g. after the fault was mended."
                ),
            ),
            "drop": (
                "anxin.cli.aside",
                "drop",
                both(
                    "不再处理，并写明原因。原因记入审计；事实本身与审计记录保留。",
                    "Give it up for good, with a reason. The fact itself and the audit trail stay.",
                ),
            ),
        },
    ),
    "audit": (
        both("审计记录。", "The audit trail."),
        {
            "verify": (
                "anxin.cli.audit",
                "verify",
                both(
                    "逐链校验审计记录，指出第一条被改动的记录。有断裂时以 3 退出。",
                    "Walk the audit chains and name the first broken entry. It exits with 3 when one is broken.",
                ),
            ),
            "export": (
                "anxin.cli.audit",
                "export",
                both(
                    "把审计记录按 JSON 行写到标准输出，供离线校验。",
                    "Write the audit trail as JSON lines to standard output, for the offline verifier.",
                ),
            ),
        },
    ),
    "evidence": (
        both("证据与证据包。", "Evidence and its packs."),
        {
            "verify": (
                "anxin.cli.evidence",
                "verify",
                both(
                    "离线核验证据包，改动一个字节也能发现。被改动时以 3 退出。",
                    "Verify an evidence pack offline: any changed byte is found. It exits with 3 when it was changed.",
                ),
            ),
            "check": (
                "anxin.cli.evidence",
                "check",
                both(
                    "重新计算所存每份证据的散列值。有缺失或改动时以 3 退出。",
                    "Hash every stored piece of evidence anew. It exits with 3 when one is missing or was changed.",
                ),
            ),
        },
    ),
    "sla": (
        both("时限承诺与计时。", "Promises and their clocks."),
        {
            "replay": (
                "anxin.cli.sla",
                "replay",
                both(
                    "根据已发生的事重新计算全部计时并比对。不一致时以 3 退出。",
                    "Compute all clocks again from what happened and compare. It exits with 3 when anything differs.",
                ),
            )
        },
    ),
    "config": (
        both("配置。", "The configuration."),
        {
            "check": (
                "anxin.cli.config",
                "check",
                both(
                    "检查配置，拒绝不安全或不认识的设置。列出生效的值；有问题时以 3 退出。",
                    "Check the settings and refuse unsafe or unknown ones. "
                    "It prints those in force and exits with 3 when something is wrong.",
                ),
            )
        },
    ),
    "check": (
        both(
            "核查客户收到的东西。需先运行 make full。",
            "Check what a customer got. It needs make full first.",
        ),
        {
            "link": (
                "anxin.cli.check_link",
                "link",
                both(
                    "核查链接：冒充谁、通向哪里、怎么对客户说。只看写法与已知信息，不会打开链接。",
                    "Check a link: whom it imitates, where it leads, what to say. Nothing is ever fetched.",
                ),
            ),
            "phone": (
                "anxin.cli.check_phone",
                "phone",
                both(
                    "核查号码：是什么号、是否伪造、怎么对客户说。",
                    "Check a number: what it is, whether it is forged, what to say.",
                ),
            ),
            "text": (
                "anxin.cli.check_text",
                "check_texts",
                both(
                    "核查文本：诈骗类型、线索、怎么对客户说。加 --reply 则在发送前检查客服的回复。",
                    "Check a message: scam type, cues, what to say. With --reply, a staff reply before it is sent.",
                ),
            ),
            "image": (
                "anxin.cli.check_image",
                "image",
                both(
                    "核查图片或截图：文字、二维码、画面。有图片被拒收时以 1 退出。",
                    "Check a picture or screenshot: text, codes, look. It exits with 1 when one is refused.",
                ),
            ),
            "personal-data": (
                "anxin.cli.check_personal_data",
                "personal_data",
                both(
                    "找出文本中的个人信息，或把它们隐去。原值不会显示。",
                    "Find the personal data of a text, or hide it. The values themselves are not printed.",
                ),
            ),
        },
    ),
    "signatures": (
        both("您的组织掌握的情报：链接、号码、话术。", "What your organisation knows: links, numbers, words."),
        {
            "check": (
                "anxin.cli.signatures",
                "check",
                both("读取特征文件，并运行其中自带的例子。", "Read files of signatures and run their own examples."),
            ),
            "publish": (
                "anxin.cli.signatures",
                "publish",
                both(
                    "发布一套特征，网关与核查一秒内启用。", "Publish a set: gateways and checks use it within a second."
                ),
            ),
            "import": (
                "anxin.cli.signatures",
                "bring_in",
                both(
                    "导入数据源或他人共享的指标。数据源撒谎、骤减或不回答时予以拒绝，原有特征继续有效。",
                    "Take in a feed or shared indicators. "
                    "A feed that lies, shrinks or never answers is refused; what it said before stays in force.",
                ),
            ),
            "export": (
                "anxin.cli.signatures",
                "export",
                both(
                    "以带密钥的散列值共享指标。不含个人信息，也无法还原；号码只取自特征文件。",
                    "Share indicators as keyed hashes. "
                    "Nothing in them is personal or readable; numbers come only from their files.",
                ),
            ),
        },
    ),
    "train": (
        both("训练本地模型。需先运行 make full。", "Train a local model. It needs make full first."),
        {
            "events": (
                "anxin.cli.train",
                "events",
                both(
                    "用引擎自己的特征训练事件模型。特征只取事件发生那一刻已知的；同时写出模型卡。",
                    "Train a model of events on the engine's own features. "
                    "They hold only what was known at each moment; the model's card is written beside it.",
                ),
            ),
            "url": (
                "anxin.cli.train_url",
                "url",
                both(
                    "用您自己标注的链接训练链接模型。它按写法识别钓鱼链接；阈值由单独留出的网站测得。",
                    "Train a model of links on your own labelled ones. "
                    "It tells phishing by how a link is written; thresholds come from sites kept apart.",
                ),
            ),
            "text": (
                "anxin.cli.train_text",
                "text",
                both(
                    "用您自己标注的文本训练文本模型。阈值由模型未见过的行测得。",
                    "Train a model of texts on your own labelled ones. "
                    "Thresholds come from rows that the model had not seen.",
                ),
            ),
        },
    ),
}
