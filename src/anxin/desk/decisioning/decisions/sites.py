"""Where the events of an actor's sites came from: what lists are narrowed by."""

from __future__ import annotations

from dataclasses import dataclass

from anxin.desk.decisioning.decisions.queries import origins_of
from anxin.desk.decisioning.decisions.scope import find_scope
from anxin.desk.foundation.edge.actor import Actor


@dataclass(frozen=True)
class SeenOrigins:
    """Platforms, lines of business and regions that occur, each sorted."""

    platforms: tuple[str, ...] = ()
    business_lines: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()


def list_seen_origins(*, by: Actor) -> SeenOrigins:
    """Return what occurs within the actor's sites; nothing as long as nothing was projected."""
    scope = find_scope(by)
    if scope is None:
        return SeenOrigins()
    seen = [origin for number, origin in origins_of(scope).items() if scope.sees(number)]
    return SeenOrigins(
        platforms=tuple(sorted({each.platform for each in seen} - {""})),
        business_lines=tuple(sorted({each.business_line for each in seen} - {""})),
        regions=tuple(sorted({each.region for each in seen} - {""})),
    )
