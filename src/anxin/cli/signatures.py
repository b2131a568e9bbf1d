"""`anxin signatures`: check, publish, import and export what an organisation knows."""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import msgspec
import typer
from rich.console import Console

from anxin.checkers.signatures.book import SignatureBook
from anxin.checkers.signatures.errors import FeedRefused, SignatureRefused
from anxin.checkers.signatures.exchange import export_indicators, import_indicators, is_exchange
from anxin.checkers.signatures.feeds import LONGEST_FEED, FeedTerms, Proposal, propose, review_order
from anxin.checkers.signatures.reading import SignatureFile, placed, read_signatures
from anxin.checkers.signatures.signature import AnySignature, PublishSignatures
from anxin.cli.gateway import now_ms
from anxin.cli.language import both
from anxin.cli.options import ConfigOption, ControlUrlOption, DataOption
from anxin.cli.ordering import ordering_config
from anxin.cli.output_file import require_writable
from anxin.cli.signature_book import append_order, phone_key, published_book
from anxin.cli.unusable import unusable
from anxin.engine.errors import EngineError
from anxin.gateway.config import GatewayConfig

REFUSED = 3
_CHUNK = 65_536

DryRun = Annotated[
    bool, typer.Option("--dry-run", help=both("只说明会有什么变化，不发布", "say what would change, and stop"))
]
FilesArgument = Annotated[list[Path], typer.Argument(help=both("特征文件（YAML）", "YAML files of signatures"))]


def check(files: FilesArgument) -> None:
    """Read files of signatures and run their own examples."""
    console = Console(stderr=True)
    for path in files:
        found = _read(path, console)
        order = PublishSignatures(found.set, found.version, put=found.signatures)
        try:
            SignatureBook().published(order)
        except SignatureRefused as refusal:
            _refuse(placed(refusal, _text(path), order.put), console, file=path.name)
        count = len(found.signatures)
        console.print(
            f"[green]✓[/] {path.name}：{found.set} {found.version}，{count} 条特征 signatures", highlight=False
        )


def publish(
    file: Annotated[
        Path,
        typer.Argument(
            help=both("特征文件（YAML）：整套特征都在其中", "YAML file of signatures: the whole of its set")
        ),
    ],
    data: DataOption = None,
    config_file: ConfigOption = None,
    database_url: ControlUrlOption = None,
    *,
    dry_run: DryRun = False,
    yes: Annotated[
        bool,
        typer.Option(
            "--yes",
            help=both("即使这套特征几乎全部消失，也照样发布", "publish although nearly all of the set would vanish"),
        ),
    ] = False,
) -> None:
    """Publish a set: gateways and checks use it within a second."""
    console = Console(stderr=True)
    with _refusals(console):
        config = ordering_config(config_file, data, database_url)
        found = _read(file, console)
        order = PublishSignatures(found.set, found.version, put=found.signatures)
        try:
            proposal = review_order(order, published_book(config), phone_key=phone_key(config), may_shrink=yes)
        except SignatureRefused as refusal:
            _refuse(placed(refusal, _text(file), order.put), console, file=file.name)
        _carry_out(config, proposal, console, dry_run=dry_run)


FileArgument = Annotated[
    str,
    typer.Argument(
        help=both(
            "主机、链接、CSV 表或共享的指标；- 表示读取标准输入",
            "hosts, links or a CSV table, or shared indicators; - reads standard input",
        )
    ),
]
NameOption = Annotated[
    str, typer.Option(help=both("数据源的名称，也是它那套特征的名称", "the feed's name: its set of signatures"))
]
OwnerOption = Annotated[str, typer.Option(help=both("本组织内由谁负责", "who answers for it here"))]
SourceOption = Annotated[str, typer.Option(help=both("来源", "where it comes from"))]
ConfidenceOption = Annotated[
    str,
    typer.Option(
        help=both("数据源没有说明时的可信度：low、medium 或 high", "low, medium or high, where the feed says nothing")
    ),
]
TlpOption = Annotated[
    str,
    typer.Option(
        help=both(
            "传播范围（TLP）：CLEAR、GREEN、AMBER、AMBER+STRICT 或 RED",
            "how far it may travel (TLP): CLEAR, GREEN, AMBER, AMBER+STRICT or RED",
        )
    ),
]
SecondsOption = Annotated[
    float, typer.Option(help=both("标准输入最多用几秒说完", "most seconds that standard input may take to end"))
]


def bring_in(
    file: FileArgument,
    name: NameOption = "feed",
    owner: OwnerOption = "intelligence",
    source: SourceOption = "feed",
    confidence: ConfidenceOption = "medium",
    *,
    tlp: TlpOption = "AMBER",
    seconds: SecondsOption = 60.0,
    data: DataOption = None,
    config_file: ConfigOption = None,
    database_url: ControlUrlOption = None,
    dry_run: DryRun = False,
) -> None:
    """Take in a feed; one that lies, shrinks or never answers is refused, and what it said before stays in force."""
    console = Console(stderr=True)
    with _refusals(console):
        config = ordering_config(config_file, data, database_url)
        text = listen(seconds) if file == "-" else _text(Path(file))
        now = datetime.fromtimestamp(now_ms() / 1000, UTC)
        version = f"{now:%Y%m%d.%H%M%S}"
        book = published_book(config)
        key = phone_key(config)
        if is_exchange(text):
            order = import_indicators(text, owner=owner, source=source, day=now.date(), version=version)
            proposal = review_order(order, book, phone_key=key)
        else:
            given = {"name": name, "owner": owner, "source": source, "confidence": confidence, "tlp": tlp}
            terms = msgspec.convert(given | {"day": now.date(), "version": version}, FeedTerms)
            proposal = propose(text, terms, book, phone_key=key)
        _carry_out(config, proposal, console, dry_run=dry_run)


CircleOption = Annotated[
    str, typer.Option(help=both("共享同一秘密的平台圈子", "name of the platforms that share the secret"))
]
SecretFileOption = Annotated[
    Path,
    typer.Option(help=both("圈子的秘密文件，至少 16 字节", "file with the circle's secret, at least 16 bytes")),
]
OwnFilesArgument = Annotated[
    list[Path] | None,
    typer.Argument(
        help=both("特征文件（YAML）；省略则用已发布的特征", "YAML files of signatures; what is published when left out")
    ),
]
OutOption = Annotated[
    Path | None,
    typer.Option(help=both("要写的文件；省略则写到标准输出", "file to write; standard output when left out")),
]


def export(
    circle: CircleOption,
    secret_file: SecretFileOption,
    files: OwnFilesArgument = None,
    out: OutOption = None,
    *,
    data: DataOption = None,
    config_file: ConfigOption = None,
    database_url: ControlUrlOption = None,
) -> None:
    """Share indicators as keyed hashes: nothing personal, nothing readable; numbers only from their files."""
    console = Console(stderr=True)
    require_writable(out, "--out")
    with _refusals(console):
        config = ordering_config(config_file, data, database_url)
        given: list[AnySignature] = []
        if files:
            given = [each for path in files for each in _read(path, console).signatures]
        else:
            given = list(published_book(config))
        day: date = datetime.fromtimestamp(now_ms() / 1000, UTC).date()
        lines = list(export_indicators(given, circle=circle, secret=secret_file.read_bytes().strip(), day=day))
        if out is None:
            sys.stdout.buffer.writelines(lines)
        else:
            out.write_bytes(b"".join(lines))
        console.print(f"[green]✓[/] {len(lines) - 1} 条指标 indicators", highlight=False)


def _read(path: Path, console: Console) -> SignatureFile:
    try:
        return read_signatures(_text(path))
    except SignatureRefused as refusal:
        _refuse(refusal, console, file=path.name)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LONGEST_FEED * 4:
            raise FeedRefused("文件过大", "the file is too large")
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        zh, _, en = unusable(problem).partition("\n")
        raise FeedRefused(zh, en) from None


def _carry_out(config: GatewayConfig, proposal: Proposal, console: Console, *, dry_run: bool) -> None:
    added, dropped, kept = proposal.change
    counts = f"+{added} 新增 added  −{dropped} 去掉 dropped  ={kept} 不变 kept"
    console.print(f"{proposal.order.set} {proposal.order.version}  {counts}", highlight=False, soft_wrap=True)
    if dry_run:
        console.print("[green]✓[/] 可以发布 it may be published", highlight=False)
        return
    typer.echo(append_order(config, proposal.order))


def listen(seconds: float) -> str:
    """Return all of standard input; raise FeedRefused when it does not end in time."""
    until = time.monotonic() + seconds
    parts: list[bytes] = []
    number = sys.stdin.fileno()
    while (left := until - time.monotonic()) > 0:
        if not select.select([number], [], [], left)[0]:
            break
        part = os.read(number, _CHUNK)
        if not part:
            return b"".join(parts).decode("utf-8-sig")
        parts.append(part)
        if sum(map(len, parts)) > LONGEST_FEED * 4:
            raise FeedRefused("数据源过大", "the feed is too large")
    raise FeedRefused(
        f"数据源 {seconds:g} 秒内没有说完，原有特征继续有效",
        f"the feed did not end within {seconds:g} s; what it said before stays in force",
    )


@contextmanager
def _refusals(console: Console) -> Iterator[None]:
    try:
        yield
    except SignatureRefused as refusal:
        _refuse(refusal, console)
    except EngineError as refusal:
        _say(refusal.sentence("zh"), refusal.sentence("en"), console)
    except (msgspec.ValidationError, UnicodeDecodeError, OSError) as problem:
        raise typer.BadParameter(unusable(problem)) from None


def _refuse(refusal: SignatureRefused, console: Console, file: str = "") -> NoReturn:
    name = f"{file}: " if file else ""
    _say(name + refusal.sentence("zh"), name + refusal.sentence("en"), console)


def _say(zh: str, en: str, console: Console) -> NoReturn:
    console.print(f"✗ {zh}\n  {en}", style="red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(REFUSED) from None
