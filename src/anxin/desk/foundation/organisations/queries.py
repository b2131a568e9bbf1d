"""What may be read about people and permissions."""

from __future__ import annotations

from dataclasses import dataclass

from anxin.desk.foundation.edge.actor import Actor, Grade, Grant
from anxin.desk.foundation.permissions.catalogue import holders, permissions
from anxin.desk.foundation.ui.words import Words


@dataclass(frozen=True)
class PermissionLine:
    """One permission on the page “what I may do”; `grant` None means no, then `who` can."""

    code: str
    words: Words
    grant: Grant | None
    who: tuple[Words, ...]

    @property
    def is_allowed(self) -> bool:
        """Return whether the actor may do it alone."""
        return self.grant is not None and self.grant.grade.rank >= Grade.LIMITED.rank


def list_my_permissions(*, by: Actor) -> tuple[PermissionLine, ...]:
    """Return every permission there is, with the actor's own grant and who else may."""
    return tuple(
        PermissionLine(each.code, each.words, by.grant(each.code), tuple(role.words for role in holders(each.code)))
        for each in permissions().values()
    )
