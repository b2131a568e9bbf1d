"""Why something is not done in a room."""

from __future__ import annotations

from typing import ClassVar

from anxin.desk.foundation.edge.refusals import Refusal


class NotSeated(Refusal):
    """Whoever acts, or is asked, is not in the room."""

    code: ClassVar[str] = "room.not_seated"
    zh: ClassVar[str] = "需要先加入作战室。"
    en: ClassVar[str] = "Join the war room first."
    status: ClassVar[int] = 409


class RoleTaken(Refusal):
    """Somebody else has the role."""

    code: ClassVar[str] = "room.role_taken"
    zh: ClassVar[str] = "该角色已由 {who} 担任，请先与其商量。"
    en: ClassVar[str] = "{who} has this role; talk to them first."
    status: ClassVar[int] = 409


class RoomClosed(Refusal):
    """The room is not in use."""

    code: ClassVar[str] = "room.closed"
    zh: ClassVar[str] = "作战室未开启或已关闭；加入即可重新开启。"
    en: ClassVar[str] = "The war room is not open; joining opens it again."
    status: ClassVar[int] = 409
