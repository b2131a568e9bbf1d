"""Why something about people, roles and sites is not done."""

from __future__ import annotations

from typing import ClassVar

from anxin.desk.foundation.edge.refusals import Refusal


class RolesApart(Refusal):
    """One person may not hold both roles."""

    code: ClassVar[str] = "role.apart"
    zh: ClassVar[str] = "“{one}”与“{other}”不能由同一人担任。"
    en: ClassVar[str] = "One person may not be both {one} and {other}."
    status: ClassVar[int] = 409


class RoleHeld(Refusal):
    """The person holds the role already."""

    code: ClassVar[str] = "role.held"
    zh: ClassVar[str] = "此人已拥有该角色。"
    en: ClassVar[str] = "The person holds this role already."
    status: ClassVar[int] = 409


class OwnRights(Refusal):
    """Nobody changes their own rights."""

    code: ClassVar[str] = "role.own"
    zh: ClassVar[str] = "不能变更自己的权限，请由另一位管理员处理。"
    en: ClassVar[str] = "You cannot change your own rights: another administrator has to."
    status: ClassVar[int] = 403


class NameTaken(Refusal):
    """The sign-in name is taken, or reserved by an open invitation."""

    code: ClassVar[str] = "person.name_taken"
    zh: ClassVar[str] = "登录名已被使用，请换一个。"
    en: ClassVar[str] = "This sign-in name is taken; choose another."
    status: ClassVar[int] = 409


class InvitationInvalid(Refusal):
    """The link is unknown, used, withdrawn, expired, or waits for its second person: all look alike."""

    code: ClassVar[str] = "invitation.invalid"
    zh: ClassVar[str] = "邀请链接无效、已使用或已过期，或仍待第二人审批。请联系邀请您的人。"
    en: ClassVar[str] = "The link is not valid, was used, is too old, or waits for its approval. Ask who invited you."
    status: ClassVar[int] = 404


class Taken(Refusal):
    """Such a site or department exists."""

    code: ClassVar[str] = "organisation.taken"
    zh: ClassVar[str] = "相同的{what}已存在。"
    en: ClassVar[str] = "There is such a {what} already."
    status: ClassVar[int] = 409
