"""Why a command on an incident is refused; `unmet` names every guard that was not met."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import ClassVar

from anxin.desk.foundation.edge.refusals import Refusal
from anxin.desk.foundation.edge.yaml_files import read_yaml
from anxin.desk.foundation.ui.words import Words

_FILE = Path(__file__).with_name("guards.yaml")


class WrongStage(Refusal):
    """The command is not possible in this stage."""

    code: ClassVar[str] = "incident.wrong_stage"
    zh: ClassVar[str] = "当前阶段（{stage}）不能执行此操作。"
    en: ClassVar[str] = "This cannot be done while the incident is {stage}."
    status: ClassVar[int] = 409


class GuardsUnmet(Refusal):
    """Something has to be done first; the sentence says all of it."""

    code: ClassVar[str] = "incident.guards_unmet"
    zh: ClassVar[str] = "还不能这样做：{reasons}"
    en: ClassVar[str] = "Not yet: {reasons}"
    status: ClassVar[int] = 409


@cache
def guard_words() -> Mapping[str, Words]:
    """Return what is missing when a guard is not met, by the guard's code."""
    document = read_yaml(_FILE)
    return {code: Words(each["zh"], each["en"]) for code, each in document["guards"].items()}


def require_guards(guards: Iterable[tuple[str, bool]]) -> None:
    """Raise GuardsUnmet naming every guard (code, is met) that is not met."""
    unmet = tuple(code for code, is_met in guards if not is_met)
    if unmet:
        words = [guard_words()[code] for code in unmet]
        raise GuardsUnmet(
            unmet=unmet, reasons="; ".join(each.en for each in words), reasons_zh="；".join(each.zh for each in words)
        )
