"""Checks for tools that work beside the desk."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema

from anxin.checkers.result import Words
from anxin.desk.foundation.api.calls import caller
from anxin.desk.foundation.api.given import Given
from anxin.desk.operations.checks.actions import run_check
from anxin.desk.operations.checks.checking import Finding
from anxin.desk.operations.checks.panels import VERDICTS

router = Router(tags=["checks"])


class CheckIn(
    Given, json_schema_extra={"examples": [{"text": "您的快递异常，点 http://taoba0.com/login 处理", "kind": "auto"}]}
):
    """What to check; `auto` finds out what it is."""

    text: str = Field(max_length=1_000_000)
    kind: Literal["auto", "link", "phone", "text"] = "auto"


class SaidOut(Schema):
    """One sentence in both languages."""

    zh: str
    en: str


class ReasonOut(Schema):
    """What was seen, and where in the given text (half-open, 0–0: the whole)."""

    code: str
    text: SaidOut
    weight: float
    start: int
    end: int
    source: str


class AdviceOut(Schema):
    """What to tell the customer, what to ask, what never to do."""

    say: list[SaidOut]
    ask: list[SaidOut]
    never: list[SaidOut]


class LinkOut(Schema):
    """One link of a text, dead, with its place."""

    start: int
    end: int
    defanged: str
    verdict: str


class FindingOut(Schema):
    """The answer about one pasted thing."""

    kind: str
    verdict: str
    score: float
    reasons: list[ReasonOut]
    advice: AdviceOut
    facts: dict[str, str]
    links: list[LinkOut]
    signatures: list[str]


class CheckOut(Schema):
    """The answer; `verdict` is the worst of the findings, `says` the same in words. There is no word for safe."""

    id: str
    kind: str
    verdict: str
    says: SaidOut
    findings: list[FindingOut]
    left_off: int


@router.post("/checks", response=CheckOut)
def check(request: HttpRequest, given: CheckIn) -> dict[str, object]:
    """Check a link, a number or a text; nothing is fetched and what was given is not stored."""
    by, at = caller(request)
    answer = run_check(text=given.text, kind=given.kind, by=by, at=at)
    return {
        "id": answer.check_id,
        "kind": answer.kind,
        "verdict": answer.worst.level,
        "says": VERDICTS[answer.worst.level].words._asdict(),
        "findings": [_finding(each) for each in answer.findings],
        "left_off": answer.left_off,
    }


def _finding(finding: Finding) -> dict[str, object]:
    checked = finding.checked
    return {
        "kind": finding.kind,
        "verdict": checked.level,
        "score": round(checked.score, 1),
        "reasons": [
            {
                "code": cue.code,
                "text": _said(cue.text),
                "weight": cue.weight,
                "start": cue.start,
                "end": cue.end,
                "source": cue.source,
            }
            for cue in checked.cues
        ],
        "advice": {name: [_said(each) for each in getattr(checked.advice, name)] for name in ("say", "ask", "never")},
        "facts": {name: fact for name, fact in checked.facts.items() if name != "canonical"},
        "links": [
            {"start": place.start, "end": place.end, "defanged": each.facts.get("defanged", ""), "verdict": each.level}
            for place, each in finding.links
        ],
        "signatures": list(finding.hits),
    }


def _said(words: Words) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}
