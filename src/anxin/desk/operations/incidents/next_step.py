"""The one next act of an incident and its reason, and the steps of the loop: pure, from how it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from anxin.desk.foundation.edge.yaml_files import read_yaml
from anxin.desk.foundation.ui.words import Words
from anxin.desk.operations.incidents.stages import ENDS, Stage
from anxin.desk.operations.incidents.surroundings import MeasuresState

_FILE = Path(__file__).with_name("next_steps.yaml")
HURRY = timedelta(minutes=10)
"""Below so much time left, what stops the promise comes before everything else."""
TRIAGE_HURRY = timedelta(minutes=3)
ENOUGH_ATTEMPTS = 2
STEPS = ("start", "protect", "contact", "evidence", "contain", "account", "submit", "verify", "review", "close")


@dataclass(frozen=True)
class Standing:
    """How an incident stands for one person at one moment; times left are None when no such clock runs.

    `leader` is the sign-in name of whoever holds or leads it, "" for nobody. `quiet_at` is when the observation ends.
    """

    stage: Stage
    level: int
    at: datetime
    leader: str = ""
    is_mine: bool = False
    is_held: bool = False
    is_offered: bool = False
    is_provisional: bool = False
    is_caring: bool = False
    is_paused: bool = False
    triage_left: timedelta | None = None
    promise_left: timedelta | None = None
    has_decided: bool = False
    measures: MeasuresState = field(default_factory=MeasuresState)
    victims: int = 0
    has_reporter: bool = False
    is_contacted: bool = False
    is_informed: bool = False
    attempts: int = 0
    open_steps: int = 0
    evidence: int = 0
    evidence_needed: int = 0
    is_loss_filled: bool = False
    is_found: bool = False
    open_tasks: int = 0
    quiet_at: datetime | None = None
    is_other: bool = False
    may_verify: bool = False
    is_reviewed: bool = False
    unproven: int = 0

    @property
    def is_stopped(self) -> bool:
        """Return whether the loss is stopped, or nothing has to be."""
        return self.measures.effective > 0 or self.has_decided

    @property
    def is_bare(self) -> bool:
        """Return whether no measure works or is on its way, and nobody decided that none is needed."""
        return not (self.measures.stands or self.has_decided)

    @property
    def knows(self) -> bool:
        """Return whether the victim knows, or was tried often enough."""
        return self.victims == 0 or self.is_informed or self.attempts >= ENOUGH_ATTEMPTS


@dataclass(frozen=True)
class Act:
    """One kind of next act: a `command` or a `panel` ("" for neither: wait); `is_tick` needs nothing typed.

    `is_wait`: others are to move, the panel only shows how far they are.
    """

    code: str
    step: str
    words: Words
    why: Words
    command: str = ""
    panel: str = ""
    is_tick: bool = False
    is_wait: bool = False


@dataclass(frozen=True)
class NextStep:
    """The next act here and now; `values` fill its sentences."""

    act: Act
    values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class LoopStep:
    """One step of the strip; `state` done, next or later, and not_needed for what nothing asks for."""

    code: str
    words: Words
    state: str


def next_step(now: Standing) -> NextStep | None:
    """Return the one next act; None when the incident is over."""
    if now.stage in ENDS:
        return None
    code, values = _before_work(now) or _BY_STAGE[now.stage](now)
    return NextStep(acts()[code], values)


def loop_steps(now: Standing) -> tuple[LoopStep, ...]:
    """Return the steps of the loop; at most one is next."""
    coming = next_step(now)
    here = coming.act.step if coming is not None else ""
    return tuple(LoopStep(each, step_words()[each], _state(each, here, now)) for each in STEPS)


@cache
def acts() -> Mapping[str, Act]:
    """Return every kind of next act by its code."""
    return {
        code: Act(
            code,
            each["step"],
            Words(each["zh"], each["en"]),
            Words(each["why_zh"], each["why_en"]),
            each.get("command", ""),
            each.get("panel", ""),
            each.get("is_tick", False),
            each.get("is_wait", False),
        )
        for code, each in read_yaml(_FILE)["acts"].items()
    }


@cache
def step_words() -> Mapping[str, Words]:
    """Return what each step of the loop is called."""
    document = read_yaml(_FILE)["steps"]
    return {code: Words(each["zh"], each["en"]) for code, each in document.items()}


_Found = tuple[str, dict[str, str | int]]
_AGAIN = {"expired": "renew", "reverted": "protect_again", "failed": "replace", "declined": "ask_again"}
"""What protects anew, by how the last measure ended; "protect" where there was none."""


def _before_work(now: Standing) -> _Found | None:
    """Return what comes first whatever the stage: whose it is."""
    if now.is_offered:
        return "accept_handover", {}
    if now.stage in (Stage.VERIFYING, Stage.REVIEWING, Stage.IMPROVING):
        return None
    if now.leader and not now.is_mine and now.is_held:
        return "follow", {"who": now.leader}
    if now.stage is not Stage.IDENTIFIED and not now.is_held:
        return "claim", {}
    return None


def _identified(now: Standing) -> _Found:
    del now
    return "start", {}


def _responding(now: Standing) -> _Found:
    if now.is_caring:
        return "end_care", {}
    if now.is_provisional and _is_short(now.triage_left, TRIAGE_HURRY):
        return "triage", {"level": now.level}
    if _must_reach(now) and now.level == 2 and _is_short(now.promise_left, HURRY):
        return _reach(now), {}
    if now.is_bare:
        return _AGAIN.get(now.measures.fallen, "protect"), {}
    if now.is_provisional:
        return "triage", {"level": now.level}
    if _must_reach(now):
        return _reach(now), {}
    if now.is_paused:
        return "resume", {}
    if not now.is_stopped:
        return _await(now), {}
    return "contain", {}


def _await(now: Standing) -> str:
    """Return whose word is missing before a measure works: the platform's, or the second person's."""
    return "confirm" if now.measures.pending else "await_second"


def _disposing(now: Standing) -> _Found:
    if now.is_caring:
        return "end_care", {}
    if now.is_paused:
        return "resume", {}
    missing = max(now.evidence_needed - now.evidence, 0)
    wanted: tuple[tuple[bool, str, dict[str, str | int]], ...] = (
        (now.is_provisional, "triage", {"level": now.level}),
        *_measures_left(now),
        (not now.knows, "inform", {}),
        (missing > 0, "evidence", {"n": missing}),
        (now.open_steps > 0, "steps", {"n": now.open_steps}),
        (not now.is_loss_filled, "loss", {}),
        (not now.is_found, "finding", {}),
        (now.open_tasks > 0, "tasks", {"n": now.open_tasks}),
    )
    return next(((code, values) for holds, code, values in wanted if holds), ("submit", {}))


def _measures_left(now: Standing) -> tuple[tuple[bool, str, dict[str, str | int]], ...]:
    """Return what measures still ask for once the loss was stopped: a lapse or a failure was nobody's decision."""
    measures = now.measures
    return (
        (now.is_bare and measures.failed > 0, "replace", {}),
        (now.is_bare and measures.fallen == "expired", "renew", {}),
        (measures.waiting + measures.pending > 0, _await(now), {}),
        (measures.failed > 0, "settle", {"n": measures.failed}),
    )


def _verifying(now: Standing) -> _Found:
    measures = now.measures
    wanted: tuple[tuple[int, str], ...] = (
        (measures.waiting + measures.pending, _await(now)),
        (measures.failed, "settle"),
        (measures.unowned, "own"),
        (measures.mismatched, "differs"),
        (measures.unanswered, "await_answer"),
    )
    found = next(((code, {"n": n}) for n, code in wanted if n), None)
    if found is not None:
        return found[0], dict(found[1])
    if now.quiet_at is not None and now.quiet_at > now.at:
        return "observe", {"until": now.quiet_at.isoformat()}
    return ("verify" if now.is_other and now.may_verify else "hand_on"), {}


def _reviewing(now: Standing) -> _Found:
    return ("publish_review" if now.is_reviewed else "review"), {}


def _improving(now: Standing) -> _Found:
    if not now.is_found:
        return "finding", {}
    if now.measures.unowned:
        return "own", {"n": now.measures.unowned}
    return ("prove", {"n": now.unproven}) if now.unproven else ("close", {})


_BY_STAGE: Mapping[Stage, Callable[[Standing], _Found]] = {
    Stage.IDENTIFIED: _identified,
    Stage.RESPONDING: _responding,
    Stage.DISPOSING: _disposing,
    Stage.VERIFYING: _verifying,
    Stage.REVIEWING: _reviewing,
    Stage.IMPROVING: _improving,
}


def _is_short(left: timedelta | None, limit: timedelta) -> bool:
    return left is not None and left < limit


def _must_reach(now: Standing) -> bool:
    """Return whether somebody has to be spoken with, or on an L2 without victims a first check recorded."""
    return not now.is_contacted and (now.victims > 0 or now.level == 2) and now.attempts < ENOUGH_ATTEMPTS


def _reach(now: Standing) -> str:
    return "contact" if now.victims else "investigate"


def _state(step: str, here: str, now: Standing) -> str:
    if step == here:
        return "next"
    if step == "evidence" and not now.evidence_needed:
        return "done" if now.evidence else "not_needed"
    if step == "contact" and not now.victims and now.level != 2:
        return "not_needed"
    return "done" if _is_done(step, now) else "later"


def _is_done(step: str, now: Standing) -> bool:
    place = list(Stage).index(now.stage)
    if now.stage in ENDS:
        return now.stage is Stage.CLOSED
    reached = {
        "start": now.stage is not Stage.IDENTIFIED,
        "protect": not now.measures.unsettled
        and (now.is_stopped or now.stage not in (Stage.IDENTIFIED, Stage.RESPONDING)),
        "contact": now.is_contacted and now.knows,
        "evidence": now.evidence >= now.evidence_needed,
        "account": now.is_loss_filled and now.is_found,
    }
    after = {"contain": Stage.DISPOSING, "submit": Stage.VERIFYING, "verify": Stage.REVIEWING}
    after |= {"review": Stage.IMPROVING, "close": Stage.CLOSED}
    return reached[step] if step in reached else place >= list(Stage).index(after[step])
