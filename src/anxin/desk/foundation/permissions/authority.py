"""Whether an actor may do something; a refusal says why, and who can."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import ClassVar

from anxin.desk.foundation.edge.actor import Actor, ActorKind, Grade, Grant
from anxin.desk.foundation.edge.refusals import Refusal
from anxin.desk.foundation.permissions.catalogue import (
    FieldRule,
    Form,
    holders,
    permissions,
    second_factor_permissions,
)

_FORMS = list(Form)


class Forbidden(Refusal):
    """The actor does not hold the permission; the sentence names it and who does."""

    code: ClassVar[str] = "permission.missing"
    zh: ClassVar[str] = "您目前不能“{permission}”。可以找：{who}。"
    en: ClassVar[str] = "You may not: {permission}. These can: {who}."
    status: ClassVar[int] = 403


class SecondFactorNeeded(Refusal):
    """The act asks for a second factor in this session."""

    code: ClassVar[str] = "permission.second_factor"
    zh: ClassVar[str] = "此操作需要先完成两步验证。"
    en: ClassVar[str] = "This needs a second factor first."
    status: ClassVar[int] = 403


class StepUpNeeded(Refusal):
    """The act asks that a second factor was shown a moment ago, so that an unlocked desk alone does no harm."""

    code: ClassVar[str] = "permission.step_up"
    zh: ClassVar[str] = "此操作需要重新验证身份，请完成验证后再试；已填写的内容不会丢失。"
    en: ClassVar[str] = "Confirm that it is you, then do it again; what you typed is kept."
    status: ClassVar[int] = 403


STEP_UP = timedelta(minutes=10)
"""How long a shown factor counts as shown a moment ago."""


def require(by: Actor, permission: str, *, at_least: Grade = Grade.LIMITED) -> Grant:
    """Return the actor's grant of the permission; raise Forbidden when it is missing or weaker than `at_least`."""
    grant = by.grant(permission)
    if grant is None or grant.grade.rank < at_least.rank:
        raise forbidden(permission)
    return grant


def require_fresh(by: Actor, *, at: datetime) -> None:
    """Raise StepUpNeeded unless a person showed a second factor within the last minutes; others need none."""
    if by.kind is ActorKind.PERSON and (by.verified_at is None or not at - STEP_UP < by.verified_at <= at):
        raise StepUpNeeded


def needs_second_factor(by: Actor) -> bool:
    """Return whether the actor may do something for which a second factor is demanded."""
    held = (code for code, grant in by.grants.items() if grant.grade.rank >= Grade.SECOND.rank)
    return by.kind is ActorKind.PERSON and any(code in second_factor_permissions() for code in held)


def forbidden(permission: str) -> Forbidden:
    """Return the refusal for a permission: what it is in words, and which roles hold it."""
    words, able = permissions()[permission].words, [role.words for role in holders(permission)]
    return Forbidden(
        unmet=(permission,),
        permission=words.en,
        permission_zh=words.zh,
        who=", ".join(each.en for each in able),
        who_zh="、".join(each.zh for each in able),
    )


def grants_of(role_names: Iterable[str]) -> Mapping[str, Grant]:
    """Return what these roles together may do: of two grants of one permission the stronger."""
    return _joint_grants(frozenset(role_names))


@lru_cache(maxsize=256)
def _joint_grants(names: frozenset[str]) -> Mapping[str, Grant]:
    joint = {}
    for code, permission in permissions().items():
        held = [grant for role, grant in permission.grants.items() if role in names]
        if held:
            joint[code] = max(held, key=lambda grant: (grant.grade.rank, grant.limit is None, grant.limit or 0))
    return MappingProxyType(joint)


def form_for(by: Actor, field: FieldRule) -> Form:
    """Return the form in which the actor sees a field: of several roles the widest."""
    held = [field.forms[role] for role in by.roles if role in field.forms]
    return max(held, key=_FORMS.index, default=Form.NONE)
