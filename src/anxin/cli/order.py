"""`anxin order`: append one order to the control stream of a gateway, as the desk will."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from anxin.cli.gateway import ConfigOption, DatabaseOption, DataOption, now_ms
from anxin.cli.ordering import ordering_config
from anxin.engine.control import KINDS, PlaceHold, PublishPolicy, ReleaseHold, parse_order
from anxin.engine.errors import EngineError
from anxin.engine.log.keys import FileKeyRing
from anxin.engine.policy.language.runtime import Tokens
from anxin.engine.policy.loader import parse_policy, read_policy_files
from anxin.engine.schema.normalise import normal_form
from anxin.engine.schema.schema import Schema
from anxin.gateway.config import GatewayConfig
from anxin.gateway.control import ControlWriter, open_control
from anxin.gateway.control_place import order_url
from anxin.gateway.server import master_key_path

REFUSED = 3


def order(
    kind: Annotated[str, typer.Argument(help="one of " + ", ".join(sorted(KINDS)))],
    body: Annotated[str, typer.Argument(help="the order as JSON; - reads standard input; a folder for policy.publish")],
    data: DataOption = None,
    config_file: ConfigOption = None,
    database_url: DatabaseOption = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="check the order and stop")] = False,
) -> None:
    """Order a list entry, a hold or a policy: a running gateway obeys within a tenth of a second."""
    console = Console(stderr=True)
    try:
        config = ordering_config(config_file, data, database_url)
        fields = _checked(kind, _fields(kind, body), config)
        if dry_run:
            console.print("[green]✓[/] 命令可以下达 the order is right")
            return
        writer = ControlWriter(open_control(order_url(config)))
        seq = writer.append(config.organisation, kind, fields, at=now_ms())
    except EngineError as refusal:
        console.print(
            f"[bold red]✗[/] {refusal.sentence('zh')}\n  {refusal.sentence('en')}", markup=True, highlight=False
        )
        raise typer.Exit(REFUSED) from None
    typer.echo(seq)


def _fields(kind: str, body: str) -> dict[str, object]:
    if kind == "policy.publish" and Path(body).is_dir():
        return {"files": read_policy_files(Path(body)), "role": "live"}
    text = sys.stdin.read() if body == "-" else body
    try:
        return msgspec.json.decode(text, type=dict[str, object])
    except msgspec.DecodeError as problem:
        raise typer.BadParameter(f"BODY is not a JSON object: {problem}") from None


def _checked(kind: str, fields: dict[str, object], config: GatewayConfig) -> dict[str, object]:
    """Return the fields as the stream takes them: checked, the id of a personal entity turned into its keyed token."""
    found = parse_order(kind, msgspec.json.encode(fields))
    if isinstance(found, PublishPolicy):
        parse_policy(found.files)
    if isinstance(found, PlaceHold | ReleaseHold):
        _warn_of_unknown_kind(found.entity_kind)
        if isinstance(found, PlaceHold):
            found.hold()
        return fields | {"entity_id": entity_key(config, found.entity_kind, found.entity_id)}
    return fields


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
    key = FileKeyRing(master_key_path(config)).derive(config.organisation, "index", 32)
    return Tokens(key).personal(spec.type.value, normal_form(spec.type, entity_id))
