"""`anxin keys`: list, make and revoke the API keys of a gateway, through its control stream."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from anxin.cli.drawing import draw
from anxin.cli.gateway import now_ms
from anxin.cli.language import both
from anxin.cli.options import ConfigOption, ControlUrlOption, DataOption, OutputOption
from anxin.cli.ordering import ordering_config
from anxin.cli.refusals import tell_refusal
from anxin.engine.errors import EngineError
from anxin.gateway.config import GatewayConfig, load_config
from anxin.gateway.control import ControlWriter, open_control
from anxin.gateway.control_place import order_url
from anxin.gateway.key_orders import PUT, REVOKE, PutKey, RevokeKey, ordered_key
from anxin.gateway.keys import SCOPES, ApiKey, KeyBook, draw_key

REFUSED = 3
DAY_MS = 86_400_000
STANDINGS = {"valid": "有效 valid", "expired": "已过期 expired", "revoked": "已吊销 revoked"}

ScopeOption = Annotated[
    list[str] | None,
    typer.Option(
        "--scope",
        help=both(
            f"权限；省略则只有 decide。可选：{', '.join(SCOPES)}",
            f"what it may do, decide when left out; one of: {', '.join(SCOPES)}",
        ),
    ),
]
NetworkOption = Annotated[
    list[str] | None,
    typer.Option(
        "--network",
        help=both("允许使用的网段（CIDR）；省略则不限", "CIDR block the key may be used from; anywhere when left out"),
    ),
]


class KeyUnknown(EngineError):
    """No key of the gateway has the id."""

    code = "key.unknown"
    zh = "没有编号为 {key_id} 的密钥"
    en = "There is no key with the id {key_id}"


class ListedKey(msgspec.Struct):
    """One key as `-o json` prints it, without its hash; times are ms UTC."""

    key_id: str
    organisation: str
    standing: str
    scopes: tuple[str, ...]
    networks: tuple[str, ...]
    rate: int
    burst: int
    created_at: int
    expires_at: int | None
    revoked_at: int | None


HEADINGS = {
    "编号\nid": False,
    "组织\norganisation": False,
    "状态\nstanding": False,
    "权限\nscopes": True,
    "来源\nnetworks": True,
    "每秒\nrate": False,
    "到期\nexpires": False,
}
LONGEST_SCOPE = len("signatures")
LEAST_TABLE = 76
"""In fewer columns a table would cut ids and lose scopes."""


def show(
    data: DataOption = None,
    config_file: ConfigOption = None,
    *,
    output: OutputOption = "table",
) -> None:
    """List the keys that the gateway of this data folder knows; their secrets are kept nowhere."""
    with _refusals_told():
        config = load_config(config_file, os.environ, data=data)
        if not config.data.is_dir():
            told = f"文件夹 {config.data} 不存在。There is no folder {config.data}."
            raise typer.BadParameter(told, param_hint="--data")
        listed = [_listed(each, now_ms()) for each in known_keys(config).list_keys()]
    if output == "json":
        typer.echo(msgspec.json.encode(listed).decode())
        return
    if not listed:
        Console().print(
            f"{config.data} 中没有密钥。There are no keys in {config.data}.", soft_wrap=True, highlight=False
        )
        return
    console = Console()
    if console.width < LEAST_TABLE:
        for each in listed:
            _print_below_each_other(console, each)
        return
    table = Table(box=None, header_style="dim", padding=(0, 1, 0, 0))
    for heading, is_list in HEADINGS.items():
        table.add_column(heading, overflow="fold", no_wrap=not is_list, min_width=LONGEST_SCOPE if is_list else None)
    for each in listed:
        key_id, organisation, standing, scopes, networks, rate, expires = _cells(each)
        standing, rate = standing.replace(" ", "\n"), rate.replace(" ", "\n")
        table.add_row(key_id, organisation, standing, scopes, networks, rate, expires)
    draw(console, table)


def _print_below_each_other(console: Console, key: ListedKey) -> None:
    for place, (heading, cell) in enumerate(zip(HEADINGS, _cells(key), strict=True)):
        line = Text.assemble(("  " if place else "", ""), (heading.replace("\n", " "), "dim"), f"  {cell}")
        console.print(line, highlight=False)


def _cells(key: ListedKey) -> tuple[str, ...]:
    """Return what stands below each of `HEADINGS`."""
    expires = "—" if key.expires_at is None else _day(key.expires_at)
    networks, rate = " ".join(key.networks) or "任意 any", str(key.rate or "不限 any")
    return (key.key_id, key.organisation, STANDINGS[key.standing], " ".join(key.scopes), networks, rate, expires)


def new(
    data: DataOption = None,
    config_file: ConfigOption = None,
    database_url: ControlUrlOption = None,
    *,
    scope: ScopeOption = None,
    network: NetworkOption = None,
    rate: Annotated[
        int, typer.Option(min=0, help=both("每秒最多调用几次；0 表示不限", "calls a second; 0: no limit"))
    ] = 0,
    days: Annotated[
        int | None,
        typer.Option(min=1, help=both("多少天后过期；省略则不过期", "days until it expires; never when left out")),
    ] = None,
) -> None:
    """Make a key and print it, this once; a running gateway knows it within a tenth of a second."""
    with _refusals_told():
        config = ordering_config(config_file, data, database_url)
        now, drawn = now_ms(), draw_key()
        order = PutKey(
            key_id=drawn.key_id,
            secret_hash=drawn.secret_hash,
            scopes=tuple(dict.fromkeys(scope or ["decide"])),
            networks=tuple(network or ()),
            rate=rate,
            burst=max(100, rate),
            expires_at=None if days is None else now + days * DAY_MS,
        )
        ordered_key(order, config.organisation, at=now)
        _append(config, config.organisation, PUT, order, at=now)
    typer.echo(drawn.text)
    told = "密钥仅显示这一次，请妥善保存。The key is shown this once: keep it safe."
    Console(stderr=True).print(told, style="dim", soft_wrap=True)


def revoke(
    key_id: Annotated[str, typer.Argument(help=both("密钥编号，见 anxin keys list", "id as anxin keys list shows it"))],
    data: DataOption = None,
    config_file: ConfigOption = None,
    database_url: ControlUrlOption = None,
) -> None:
    """Revoke a key for good; a running gateway refuses it within a tenth of a second."""
    with _refusals_told():
        config = ordering_config(config_file, data, database_url)
        try:
            key = known_keys(config).get(key_id)
        except KeyError:
            raise KeyUnknown(key_id=key_id) from None
        if key.revoked_at is None:
            _append(config, key.organisation, REVOKE, RevokeKey(key_id=key_id), at=now_ms())
    told = f"[green]✓[/] 密钥 {key_id} 已吊销，不可恢复。The key is revoked for good."
    Console(stderr=True).print(told, highlight=False, soft_wrap=True)


def known_keys(config: GatewayConfig) -> KeyBook:
    """Return the keys as the gateway of this configuration keeps them; raise KeysUnreadable."""
    book = KeyBook(config.data / "keys.json", clock=now_ms)
    book.refresh()
    return book


def _append(config: GatewayConfig, organisation: str, kind: str, order: PutKey | RevokeKey, *, at: int) -> None:
    table = open_control(order_url(config))
    try:
        ControlWriter(table).append(organisation, kind, order, at=at)
    finally:
        table.close()


def _listed(key: ApiKey, now: int) -> ListedKey:
    is_expired = key.expires_at is not None and now >= key.expires_at
    standing = "revoked" if key.revoked_at is not None else "expired" if is_expired else "valid"
    fields = {name: value for name, value in msgspec.structs.asdict(key).items() if name != "secret_hash"}
    return ListedKey(standing=standing, **fields)


def _day(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).date().isoformat()


@contextmanager
def _refusals_told() -> Iterator[None]:
    """Print what the gateway's parts refuse, in both languages, and exit 3."""
    try:
        yield
    except EngineError as refusal:
        tell_refusal(Console(stderr=True), refusal)
        raise typer.Exit(REFUSED) from None
