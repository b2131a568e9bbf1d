"""What people may order: the bodies of control records, and their effect on one engine's parts."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from anxin.engine.brakes import Brakes
from anxin.engine.errors import EngineError
from anxin.engine.lists.entry import Entry, EntryKind
from anxin.engine.lists.holds import Hold, HoldStore
from anxin.engine.lists.store import ListStore
from anxin.engine.schema.refusals import words_of
from anxin.engine.verdict import Verdict

Role = Literal["live", "shadow", "canary"]


class ControlRefused(EngineError):
    """A control record cannot be taken into effect; the state is as before."""

    code = "control.refused"
    zh = "控制记录 {kind} 无法生效：{reason}"
    en = "Control record {kind} cannot take effect: {reason}"


class PublishPolicy(msgspec.Struct, frozen=True, tag="policy.publish", tag_field="kind", forbid_unknown_fields=True):
    """Put a policy to work in a role.

    `files` maps file names to texts; `share_permille` is the canary's share of users.
    """

    files: dict[str, str]
    role: Role = "live"
    share_permille: int = 0


class WithdrawPolicy(msgspec.Struct, frozen=True, tag="policy.withdraw", tag_field="kind", forbid_unknown_fields=True):
    """Take a shadow or canary out of work; `policy` is its name@version."""

    policy: str


class PutListEntry(msgspec.Struct, frozen=True, tag="list.put", tag_field="kind", forbid_unknown_fields=True):
    """Add or replace an entry of a list."""

    list: str
    entry: Entry
    colour: Literal["black", "white", "grey"] | None = None


class RemoveListEntry(msgspec.Struct, frozen=True, tag="list.remove", tag_field="kind", forbid_unknown_fields=True):
    """Take an entry off a list."""

    list: str
    value: str
    entry_kind: EntryKind = EntryKind.EXACT


class PlaceHold(msgspec.Struct, frozen=True, tag="hold.place", tag_field="kind", forbid_unknown_fields=True):
    """Freeze or hold an entity; personal ids come as keyed tokens; `until` is ms UTC, None until released."""

    entity_kind: str
    entity_id: str
    verdict: str
    measure: str
    reason: str = ""
    placed_by: str = ""
    until: int | None = None

    def hold(self) -> Hold:
        """Return the hold; raise ControlRefused for an unknown verdict."""
        try:
            verdict = Verdict.from_word(self.verdict)
        except KeyError:
            raise ControlRefused(
                kind="hold.place",
                reason=f"there is no verdict {self.verdict!r}",
                reason_zh=f"没有“{self.verdict}”这种处置",
            ) from None
        return Hold(
            entity_kind=self.entity_kind,
            entity_id=self.entity_id,
            verdict=verdict,
            measure=self.measure,
            reason=self.reason,
            placed_by=self.placed_by,
            until=self.until,
        )


class ReleaseHold(msgspec.Struct, frozen=True, tag="hold.release", tag_field="kind", forbid_unknown_fields=True):
    """End one measure on an entity, or all of them when `measure` is None."""

    entity_kind: str
    entity_id: str
    measure: str | None = None


class ReleaseBrake(msgspec.Struct, frozen=True, tag="brake.release", tag_field="kind", forbid_unknown_fields=True):
    """Give a braked rule its full consequence back."""

    rule: str


Order = PublishPolicy | WithdrawPolicy | PutListEntry | RemoveListEntry | PlaceHold | ReleaseHold | ReleaseBrake

_decoder = msgspec.json.Decoder(Order)
# As JSON writes it, not a backslash in front of the letters; databases keep no such character.
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
KINDS = frozenset(
    {"policy.publish", "policy.withdraw", "list.put", "list.remove", "hold.place", "hold.release", "brake.release"}
)


def parse_order(kind: str, body: bytes) -> Order:
    """Return the order of a control record whose JSON body may leave `kind` out; raise ControlRefused."""
    if kind not in KINDS:
        raise ControlRefused(kind=kind, reason_zh="没有这种命令", reason="there is no such kind of order")
    if _NUL.search(body):
        raise ControlRefused(
            kind=kind, reason_zh="不能含控制字符 U+0000", reason="it must not hold the character U+0000"
        )
    try:
        fields = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        fields["kind"] = msgspec.Raw(msgspec.json.encode(kind))
        order: Order = _decoder.decode(msgspec.json.encode(fields))
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        zh, en = words_of(problem)
        raise ControlRefused(kind=kind, reason_zh=zh, reason=en) from None
    return order


def obey(order: Order, lists: ListStore, holds: HoldStore, brakes: Brakes) -> list[str]:
    """Let an order take effect that is about none of the policies; return remarks. Raise what the stores refuse."""
    if isinstance(order, PutListEntry):
        if order.colour is not None:
            lists.define(order.list, order.colour)
        lists.put(order.list, order.entry)
    elif isinstance(order, RemoveListEntry):
        found = lists.remove(order.list, order.value, order.entry_kind)
        return [] if found else ["the entry was not on the list"]
    elif isinstance(order, PlaceHold):
        holds.place(order.hold())
    elif isinstance(order, ReleaseHold):
        ended = holds.release(order.entity_kind, order.entity_id, order.measure)
        return [] if ended else ["there was no such hold"]
    elif isinstance(order, ReleaseBrake):
        return [] if brakes.release(order.rule) else ["the brake was not on"]
    return []
