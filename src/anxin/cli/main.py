"""The `anxin` command: every subcommand is loaded only when it is asked for."""

from __future__ import annotations

import errno
import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import click
import typer
from typer.core import TyperGroup

from anxin import __version__
from anxin.cli.kernels import tell_failure
from anxin.desk.boot.loading import loading

FAILED, WRONG_CALL = 1, 2
_DISK_WORDS = {
    errno.ENOSPC: ("磁盘已满，没有写完", "the disk is full, not everything was written"),
    errno.EDQUOT: ("磁盘配额已用尽，没有写完", "the disk quota is used up, not everything was written"),
    errno.EROFS: ("文件系统只读", "the file system can only be read"),
    errno.EACCES: ("没有权限", "permission is missing"),
    errno.EPERM: ("不允许这样做", "this is not permitted"),
    errno.ENOENT: ("文件或文件夹不存在", "there is no such file or folder"),
    errno.ENOTDIR: ("上级不是文件夹", "what should be its folder is none"),
    errno.EISDIR: ("这是文件夹，不是文件", "this is a folder, not a file"),
    errno.EEXIST: ("同名的文件已存在", "a file of that name is in the way"),
    errno.EIO: ("磁盘读写出错", "the disk failed"),
}

COMMANDS: dict[str, tuple[str, str, str]] = {
    "up": ("anxin.cli.up", "up", "Start gateway, desk and worker; --demo adds people and traffic. 启动全部程序"),
    "gateway": ("anxin.cli.gateway", "gateway", "Serve the gateway alone, in the foreground. 仅启动网关"),
    "decide": ("anxin.cli.decide", "decide", "Decide JSON lines from stdin, no server. 本地决策"),
    "order": ("anxin.cli.order", "order", "Order a list entry, a hold or a policy. 下达命令"),
    "backtest": ("anxin.cli.backtest", "backtest", "Run a policy over old events. 回测"),
    "simulate": ("anxin.cli.simulate", "simulate", "Write labelled, seeded traffic. 模拟流量"),
    "backup": ("anxin.cli.backup", "backup", "Copy everything into one file while it runs. 备份"),
    "restore": ("anxin.cli.backup", "restore", "Check a backup and bring it back. 恢复"),
    "doctor": ("anxin.cli.doctor", "doctor", "Say what this machine has and what is wrong. 体检"),
    "bench": ("anxin.cli.bench", "bench", "Measure speed on this machine. 性能测试"),
}
GROUPS: dict[str, tuple[str, dict[str, tuple[str, str, str]]]] = {
    "policy": (
        "Begin, check and compare policies. 策略",
        {
            "new": ("anxin.cli.policy", "new", "Begin a policy of your own from the starter. 新建策略"),
            "check": ("anxin.cli.policy", "check", "Lint, type-check, run the rules' own tests. 检查策略"),
            "diff": ("anxin.cli.policy", "diff", "Say what changed between two policies. 比较策略"),
        },
    ),
    "keys": (
        "API keys of the gateway, and encryption keys. 密钥",
        {
            "list": ("anxin.cli.keys", "show", "Who may call, with which scopes, from where. 列出密钥"),
            "new": ("anxin.cli.keys", "new", "Make a key; it is shown once. 新建密钥"),
            "revoke": ("anxin.cli.keys", "revoke", "Revoke a key for good. 吊销密钥"),
            "rotate": ("anxin.cli.rotate", "rotate", "Begin new encryption keys, without a pause. 轮换加密密钥"),
        },
    ),
    "log": (
        "The decision log. 决策日志",
        {"verify": ("anxin.cli.log", "verify", "Walk the chain; name the first broken link. 校验日志")},
    ),
    "desk": (
        "The desk's own processes. 工作台",
        {
            "serve": ("anxin.cli.desk", "serve", "Serve the desk alone, in the foreground. 仅启动工作台"),
            "worker": ("anxin.cli.desk", "worker", "Run the desk's worker alone. 仅启动后台任务"),
            "prepare": ("anxin.cli.desk", "prepare", "Create or upgrade the desk's tables. 准备数据库"),
        },
    ),
    "aside": (
        "What the worker could not react to. 搁置的事实",
        {
            "list": ("anxin.cli.aside", "show", "What is laid aside, and when it is tried again. 列出搁置"),
            "retry": ("anxin.cli.aside", "retry", "Try it again at once. 立即重试"),
            "drop": ("anxin.cli.aside", "drop", "Give it up, with a reason, in the audit trail. 放弃处理"),
        },
    ),
    "audit": (
        "The audit trail. 审计记录",
        {
            "verify": ("anxin.cli.audit", "verify", "Walk the chains; name the first broken entry. 校验审计记录"),
            "export": ("anxin.cli.audit", "export", "Write the trail as JSON lines. 导出审计记录"),
        },
    ),
    "evidence": (
        "Evidence and its packs. 证据",
        {
            "verify": ("anxin.cli.evidence", "verify", "Verify a pack offline; any changed byte is found. 核验证据包"),
            "check": ("anxin.cli.evidence", "check", "Hash every stored piece anew. 校验证据存储"),
        },
    ),
    "sla": (
        "Promises and their clocks. 时限承诺",
        {"replay": ("anxin.cli.sla", "replay", "Compute all clocks again and compare. 重算全部计时")},
    ),
    "config": (
        "The configuration. 配置",
        {"check": ("anxin.cli.config", "check", "Refuse unsafe or unknown settings. 检查配置")},
    ),
    "check": (
        "Check what a customer got; needs the extra `checks`. 核查",
        {
            "link": ("anxin.cli.check_link", "link", "A link: whom it imitates, where it leads. 链接"),
            "phone": ("anxin.cli.check_phone", "phone", "A number: what it is, whether it is forged. 号码"),
            "text": ("anxin.cli.check_text", "check_texts", "A message: scam type, cues, what to say. 文本"),
            "image": ("anxin.cli.check_image", "image", "A picture or screenshot: text, codes, look. 图片"),
            "personal-data": (
                "anxin.cli.check_personal_data",
                "personal_data",
                "Find and hide personal data. 个人信息",
            ),
        },
    ),
    "signatures": (
        "What your organisation knows: links, numbers, words. 特征库",
        {
            "check": ("anxin.cli.signatures", "check", "Read files and run their own examples. 检查特征"),
            "publish": ("anxin.cli.signatures", "publish", "Put a set into force within a second. 发布特征"),
            "import": ("anxin.cli.signatures", "bring_in", "Take in a feed or shared indicators. 导入数据源"),
            "export": ("anxin.cli.signatures", "export", "Share indicators as keyed hashes. 导出指标"),
        },
    ),
    "train": (
        "Train a local model. 训练模型",
        {
            "events": ("anxin.cli.train", "events", "Fit a model on the engine's own features. 训练事件模型"),
            "url": ("anxin.cli.train_url", "url", "Fit a model of links on your own labelled ones. 训练链接模型"),
            "text": ("anxin.cli.train_text", "text", "Fit a model of texts on your own labelled ones. 训练文本模型"),
        },
    ),
}


class LazyGroup(TyperGroup):
    """A group whose commands are imported when they are looked up, and wrong calls told in both languages."""

    table: ClassVar[dict[str, tuple[str, str, str]]] = {}

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        with _wrong_calls_told():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        with _wrong_calls_told():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.table, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = self.table.get(cmd_name)
        return _load(cmd_name, entry) if entry else super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, entry[2]) for name, entry in self.table.items()]
        rows += [(name, command.help or "") for name, command in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        click.Group.format_help(self, ctx, formatter)


@contextmanager
def _wrong_calls_told() -> Iterator[None]:
    try:
        yield
    except click.UsageError as error:
        from anxin.cli.usage import tell_wrong_call  # what draws on terminals is a tenth of a command's start

        tell_wrong_call(error)
        raise click.exceptions.Exit(WRONG_CALL) from error


def _load(name: str, entry: tuple[str, str, str]) -> click.Command:
    module, function, summary = entry
    single = typer.Typer(add_completion=False)
    with loading():
        loaded = importlib.import_module(module)
    single.command(name=name, short_help=summary)(getattr(loaded, function))
    return typer.main.get_command(single)


def _group(name: str, summary: str, table: dict[str, tuple[str, str, str]]) -> LazyGroup:
    kind = type(f"{name.title()}Group", (LazyGroup,), {"table": table})
    group = kind(name=name, help=summary, no_args_is_help=True)
    assert isinstance(group, LazyGroup)
    return group


def root() -> LazyGroup:
    """Return the whole command tree."""
    top = _group("anxin", "Anxin 安心: trust and safety for e-commerce and social commerce.", COMMANDS)
    for name, (summary, table) in GROUPS.items():
        top.add_command(_group(name, summary, table), name)
    return click.version_option(__version__, prog_name="anxin", message="%(prog)s %(version)s")(top)


def main() -> None:
    """Run the command line; say how to get an absent optional package and exit 2, what a disk refused and exit 1.

    What nobody expected ends with a traceback, or with how to build a kernel anew that is older than its sources.
    """
    sys.excepthook = tell_failure
    try:
        root()(prog_name="anxin")
    except OSError as fault:
        if fault.errno not in _DISK_WORDS:
            raise
        zh, en = _DISK_WORDS[fault.errno]
        click.echo(f"{_place(fault, '：')}{zh}。", err=True)
        click.echo(f"{_place(fault, ': ')}{en}.", err=True)
        sys.exit(FAILED)
    except ModuleNotFoundError as absent:
        package = (absent.name or "").partition(".")[0]
        if package in ("", "anxin"):
            raise
        click.echo(f"缺少可选组件 {package}：请先运行 make full。", err=True)
        click.echo(f"The optional package {package} is not installed: run make full first.", err=True)
        sys.exit(WRONG_CALL)


def _place(fault: OSError, mark: str) -> str:
    return "" if fault.filename is None else f"{fault.filename}{mark}"
