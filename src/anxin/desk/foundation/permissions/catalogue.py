"""The permissions, roles and field forms that exist, read once from the shipped data."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from anxin.desk.foundation.edge.actor import Grade, Grant
from anxin.desk.foundation.edge.yaml_files import read_yaml
from anxin.desk.foundation.ui.words import Words

_HERE = Path(__file__).parent
_GRANT = re.compile(r"(alone|limited|second|request)(?: (\d+)/(day|shift|hour))?")


class Form(enum.StrEnum):
    """In which form a role sees a field."""

    NONE = "none"
    PSEUDONYM = "pseudonym"
    COARSE = "coarse"
    COARSE_REVEAL = "coarse_reveal"
    MASKED = "masked"
    REVEAL = "reveal"
    REVEAL_SECOND = "reveal_second"
    FULL = "full"


@dataclass(frozen=True)
class Role:
    """One role: its id, the two letters of the field's tables, its name."""

    name: str
    code: str
    words: Words


@dataclass(frozen=True)
class Permission:
    """One thing a person may be allowed to do; `grants` by role name.

    `is_dangerous`: two different people, always (domain §9.3).
    """

    code: str
    words: Words
    grants: Mapping[str, Grant]
    is_dangerous: bool


@dataclass(frozen=True)
class FieldRule:
    """One kind of personal data: class, level 1–4, the mask it wears, and the form by role name."""

    name: str
    words: Words
    data_class: str
    level: int
    mask: str
    forms: Mapping[str, Form]


@cache
def roles() -> Mapping[str, Role]:
    """Return the roles by name."""
    document = _read("roles.yaml")["roles"]
    return {name: Role(name, each["code"], Words(each["zh"], each["en"])) for name, each in document.items()}


@cache
def permissions() -> Mapping[str, Permission]:
    """Return the permissions by code."""
    return {code: _permission(code, each) for code, each in _read("actions.yaml")["permissions"].items()}


@cache
def field_rules() -> Mapping[str, FieldRule]:
    """Return the rules of personal fields by name."""
    return {name: _field_rule(name, each) for name, each in _read("fields.yaml")["fields"].items()}


@cache
def second_factor_permissions() -> frozenset[str]:
    """Return the permissions that nobody holds without a second factor."""
    document = read_yaml(_HERE / "second_factor.yaml")
    dangerous = {code for code, each in permissions().items() if each.is_dangerous}
    return frozenset(document["permissions"]) | dangerous


def roles_apart(held: Iterable[str], *, is_small_team: bool) -> tuple[str, str] | None:
    """Return two of these roles that one person may not hold together, or None."""
    names = set(held)
    document = read_yaml(_HERE / "separation.yaml")
    allowed = {frozenset(pair) for pair in document["small_team_may"]} if is_small_team else set()
    pairs = ((one, other) for one, other in document["apart"] if {one, other} <= names)
    return next((pair for pair in pairs if frozenset(pair) not in allowed), None)


def holders(permission: str) -> tuple[Role, ...]:
    """Return the roles that may do it alone or with a second person, strongest grade first."""
    found = [(grant, roles()[name]) for name, grant in permissions()[permission].grants.items()]
    able = [(grant.grade.rank, role) for grant, role in found if grant.grade is not Grade.REQUEST]
    return tuple(role for _, role in sorted(able, key=lambda pair: -pair[0]))


def _read(name: str) -> dict[str, dict[str, dict[str, str]]]:
    document: dict[str, dict[str, dict[str, str]]] = read_yaml(_HERE / name)
    return document


def _permission(code: str, each: dict[str, str]) -> Permission:
    grants = {role.name: _grant(each[role.code]) for role in roles().values() if role.code in each}
    return Permission(code, Words(each["zh"], each["en"]), grants, bool(each.get("dangerous")))


def _grant(text: str) -> Grant:
    found = _GRANT.fullmatch(text)
    if found is None:
        raise ValueError(f"not a grant: {text}")
    grade, limit, per = found.groups()
    return Grant(Grade(grade), int(limit) if limit else None, per or "day")


def _field_rule(name: str, each: dict[str, str]) -> FieldRule:
    forms = {role.name: Form(each[role.code]) for role in roles().values() if role.code in each}
    return FieldRule(name, Words(each["zh"], each["en"]), each["class"], int(each["level"]), each["mask"], forms)
