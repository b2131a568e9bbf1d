"""`anxin order`: append one order to the control stream of a gateway, as the desk will."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer
from rich.console import Console

from anxin.cli.gateway import now_ms
from anxin.cli.language import both
from anxin.cli.options import ConfigOption, ControlUrlOption, DataOption
from anxin.cli.ordering import ordering_config
from anxin.cli.refusals import tell_refusal
from anxin.engine.control import KINDS, Order, PlaceHold, PublishPolicy, PutListEntry, ReleaseHold, parse_order
from anxin.engine.errors import EngineError
from anxin.engine.log.keys import FileKeyRing
from anxin.engine.policy.language.runtime import Tokens
from anxin.engine.policy.loader import parse_policy, read_policy_files
from anxin.engine.schema.normalise import normal_form
from anxin.engine.schema.refusals import words_of
from anxin.engine.schema.schema import Schema
from anxin.engine.schema.types import FieldType
from anxin.gateway.config import GatewayConfig, master_key_path
from anxin.gateway.control import ControlWriter, open_control
from anxin.gateway.control_place import order_url

REFUSED = 3
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
Personal = Literal["phone", "email", "ip"]
PersonalOption = Annotated[
    Personal | None,
    typer.Option(
        "--personal",
        help=both(
            "名单的值是手机号、邮箱或 IP：写入它的令牌", "a list's value is a phone, an email or an ip: enter its token"
        ),
    ),
]


class OverAlready(EngineError):
    """The order would end before it begins."""

    code = "order.over_already"
    zh = "结束时间 {until} 已经过去，不会有任何作用；时间以毫秒计，不是秒。"
    en = "The end {until} has passed, so the order would do nothing; times count milliseconds, not seconds."


class ValueInClear(EngineError):
    """A list's value looks personal: rules meet only its token, and in clear it must not be kept."""

    code = "order.value_in_clear"
    zh = "该值像是手机号或邮箱：规则只会看到它的令牌。请加 --personal phone（或 email、ip）；若确实不是，请加 --as-is。"
    en = (
        "The value looks like a phone number or an e-mail address: rules meet only its token. "
        "Add --personal phone (or email, ip), or --as-is when it is none."
    )


KindArgument = Annotated[
    str, typer.Argument(help=both(f"命令种类：{'、'.join(sorted(KINDS))}", f"one of: {', '.join(sorted(KINDS))}"))
]
BodyArgument = Annotated[
    str,
    typer.Argument(
        help=both(
            "命令内容（JSON）；- 表示读取标准输入；policy.publish 可写策略文件夹",
            "the order as JSON; - reads standard input; for policy.publish a folder",
        )
    ),
]
AsIsOption = Annotated[
    bool,
    typer.Option(
        "--as-is", help=both("这个值虽像个人信息，其实不是", "the value is no personal one, although it looks so")
    ),
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help=both("只检查，不下达", "check the order and stop"))]


def order(
    kind: KindArgument,
    body: BodyArgument,
    data: DataOption = None,
    config_file: ConfigOption = None,
    database_url: ControlUrlOption = None,
    *,
    personal: PersonalOption = None,
    as_is: AsIsOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Order a list entry, a hold or a policy: a running gateway obeys within a tenth of a second."""
    console = Console(stderr=True)
    _require_known(kind)
    try:
        config = ordering_config(config_file, data, database_url)
        url = order_url(config)
        fields = _checked(kind, _listed(_fields(kind, body), config, personal, as_is=as_is), config)
        if dry_run:
            console.print("[green]✓[/] 命令可以下达 the order is right")
            return
        writer = ControlWriter(open_control(url))
        seq = writer.append(config.organisation, kind, fields, at=now_ms())
    except EngineError as refusal:
        tell_refusal(console, refusal)
        raise typer.Exit(REFUSED) from None
    typer.echo(seq)


def _require_known(kind: str) -> None:
    if kind not in KINDS:
        told = f"没有命令 {kind}；可用：{'、'.join(sorted(KINDS))}。\nThere is no order {kind}; there are "
        raise typer.BadParameter(f"{told}{', '.join(sorted(KINDS))}.", param_hint="KIND")


def _fields(kind: str, body: str) -> dict[str, object]:
    if kind == "policy.publish" and Path(body).is_dir():
        return {"files": read_policy_files(Path(body)), "role": "live"}
    text = sys.stdin.read() if body == "-" else body
    try:
        return msgspec.json.decode(text, type=dict[str, object])
    except msgspec.DecodeError as problem:
        if kind == "policy.publish" and body != "-" and not body.lstrip().startswith("{"):
            told = f"没有文件夹 {body}。There is no folder {body}."
        else:
            zh, en = words_of(problem)
            told = f"不是 JSON 对象（{zh}）。It is not a JSON object ({en})."
        raise typer.BadParameter(told, param_hint="BODY") from None


def _listed(
    fields: dict[str, object], config: GatewayConfig, personal: Personal | None, *, as_is: bool
) -> dict[str, object]:
    """Return the fields of an order with the value of a list's entry as rules meet it: a keyed token where personal."""
    entry = fields.get("entry")
    value = entry.get("value") if isinstance(entry, dict) else fields.get("value")
    if not isinstance(value, str):
        return fields
    if personal is None:
        if not as_is and _looks_personal(value):
            raise ValueInClear
        return fields
    token = personal_token(config, FieldType(personal), value)
    return fields | ({"entry": {**entry, "value": token}} if isinstance(entry, dict) else {"value": token})


def _looks_personal(value: str) -> bool:
    return normal_form(FieldType.PHONE, value).startswith("+") or bool(_MAIL.fullmatch(value.strip()))


def _checked(kind: str, fields: dict[str, object], config: GatewayConfig) -> dict[str, object]:
    """Return the fields as the stream takes them: checked, the id of a personal entity turned into its keyed token."""
    found = parse_order(kind, msgspec.json.encode(fields))
    _check_end(found)
    if isinstance(found, PublishPolicy):
        parse_policy(found.files)
    if isinstance(found, PlaceHold | ReleaseHold):
        _warn_of_unknown_kind(found.entity_kind)
        if isinstance(found, PlaceHold):
            found.hold()
        return fields | {"entity_id": entity_key(config, found.entity_kind, found.entity_id)}
    return fields


def _check_end(found: Order) -> None:
    until = None
    if isinstance(found, PlaceHold):
        until = found.until
    elif isinstance(found, PutListEntry):
        until = found.entry.expires_at
    if until is not None and until <= now_ms():
        raise OverAlready(until=datetime.fromtimestamp(max(0, until) / 1000, UTC).isoformat(timespec="seconds"))


def _warn_of_unknown_kind(kind: str) -> None:
    """Say that no shipped event carries this kind of entity: only a policy's own `events.yaml` could."""
    kinds = Schema.shipped().entities
    if kind not in kinds:
        told = f"! 出厂事件里没有“{kind}”这种对象：除非策略的 events.yaml 增加了它，否则不会有任何作用。"
        told += f"可用：{' '.join(kinds)}\n"
        told += f"  No shipped event carries a “{kind}”: unless the policy's events.yaml adds it, this holds nothing."
        Console(stderr=True).print(told, style="yellow", markup=False, highlight=False, soft_wrap=True)


def entity_key(config: GatewayConfig, kind: str, entity_id: str) -> str:
    """Return how the gateway of this configuration knows an entity: a keyed token for personal kinds, else its id."""
    events = Schema.shipped().events.values()
    spec = next((event.fields[event.entities[kind]] for event in events if kind in event.entities), None)
    if spec is None or not spec.type.is_personal:
        return entity_id
    return personal_token(config, spec.type, entity_id)


def personal_token(config: GatewayConfig, kind: FieldType, value: str) -> str:
    """Return the keyed token by which the gateway of this configuration knows a personal value."""
    key = FileKeyRing(master_key_path(config)).derive(config.organisation, "index", 32)
    return Tokens(key).personal(kind.value, normal_form(kind, value))
