"""The roles one can be on call for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from anxin.desk.foundation.edge.yaml_files import read_yaml
from anxin.desk.foundation.ui.words import Words

_FILE = Path(__file__).with_name("roles.yaml")


@dataclass(frozen=True)
class DutyRole:
    """One role; `steps` are the names under which the ladder calls it."""

    code: str
    words: Words
    steps: tuple[str, ...]
    is_needed: bool


@cache
def duty_roles() -> Mapping[str, DutyRole]:
    """Return the roles by code, in the order in which they are called."""
    document = read_yaml(_FILE)["roles"]
    return {
        code: DutyRole(code, Words(each["zh"], each["en"]), tuple(each["steps"]), each.get("is_needed", False))
        for code, each in document.items()
    }


@cache
def promise_words() -> Mapping[str, Words]:
    """Return the promises whose breach calls people, by the kind of their clock."""
    document = read_yaml(_FILE)["promises"]
    return {code: Words(each["zh"], each["en"]) for code, each in document.items()}


@cache
def _role_of_step() -> Mapping[str, str]:
    return {step: role.code for role in duty_roles().values() for step in role.steps}


def find_role(step: str) -> str | None:
    """Return the role that a step of the ladder calls, None when it calls nobody in person."""
    return _role_of_step().get(step)


def step_words(step: str) -> Words:
    """Return what a step is called."""
    role = find_role(step)
    return duty_roles()[role].words if role is not None else Words("队列", "queue")
