"""What a certificate may be for: levels of incidents, and measures that need one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.ui.vocabulary import LEVELS
from anxin.desk.foundation.ui.words import Words
from anxin.desk.operations.measures.catalogue import measures


def level_scope(level: int) -> str:
    """Return the scope for leading incidents of a level."""
    return f"level:{level}"


def measure_scope(kind: str) -> str:
    """Return the scope for ordering a measure of a kind."""
    return f"measure:{kind}"


@cache
def all_scopes() -> Mapping[str, Words]:
    """Return every scope with its words."""
    levels = {
        level_scope(level): Words(f"处理 {mark.words.zh} 事件", f"lead {mark.words.en} incidents")
        for level, mark in LEVELS.items()
    }
    needing = {measure_scope(kind): each.words for kind, each in measures().items() if each.needs_certificate}
    return levels | needing


def require_scopes(scopes: Iterable[str]) -> tuple[str, ...]:
    """Return the scopes in order, each once; raise FieldInvalid for none or an unknown one."""
    wanted = set(scopes)
    if not wanted or wanted - set(all_scopes()):
        raise FieldInvalid(
            pointer="/scopes",
            field="scopes",
            field_zh="认证范围",
            reason=", ".join(all_scopes()),
            reason_zh="至少选一项",
        )
    return tuple(each for each in all_scopes() if each in wanted)
