"""Run a check and record that it was run, without what was pasted; take corrections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import transaction

from anxin.checkers.result import Checked
from anxin.desk.decisioning.decisions.keys import key_ring
from anxin.desk.foundation.audit.actions import lock_head, record_entry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.vault.sealing import blind_index
from anxin.desk.operations.checks.access import access_check
from anxin.desk.operations.checks.checking import (
    Finding,
    Hidden,
    check_before_sending,
    check_pasted,
    check_wording,
    hide_personal_data,
)
from anxin.desk.operations.checks.errors import NothingPasted
from anxin.desk.operations.checks.kinds import Pasted, clean, recognise
from anxin.desk.operations.checks.models import CheckCorrection, CheckRun
from anxin.desk.operations.intelligence.actions import count_check, count_correction
from anxin.desk.operations.intelligence.library import library_of

PERMISSION = "check.run"
Correction = Literal["false_positive", "missed"]
CORRECTIONS: tuple[Correction, ...] = ("false_positive", "missed")


@dataclass(frozen=True)
class Answer:
    """What a check found: the id it is recorded under, what was pasted, and the findings, the worst first."""

    check_id: str
    kind: str
    findings: tuple[Finding, ...]
    left_off: int = 0
    hidden: Hidden | None = None

    @property
    def worst(self) -> Checked:
        """Return the answer that decides the verdict."""
        return self.findings[0].checked

    @property
    def hits(self) -> tuple[str, ...]:
        """Return the signatures met, each once."""
        return tuple(dict.fromkeys(hit for each in self.findings for hit in each.hits))


def run_check(*, text: str, by: Actor, at: datetime, kind: str = "auto") -> Answer:
    """Check what was pasted; raise Forbidden, NothingPasted.

    `kind` is auto, or link, phone or text to say what it is.
    """
    require(by, PERMISSION)
    given = _given(text)
    pasted = recognise(given) if kind == "auto" else Pasted(((_kind(kind), given),))
    findings = check_pasted(pasted, library_of(by.organisation_id, at=at).force, at=at)
    kinds = {each.kind for each in findings}
    answer = Answer("", kinds.pop() if len(kinds) == 1 else "several", findings, pasted.left_off)
    return _recorded(answer, given, by, at)


def run_reply_check(*, text: str, by: Actor, at: datetime) -> Answer:
    """Check what a member of staff is about to send; raise Forbidden, NothingPasted."""
    require(by, PERMISSION)
    given = _given(text)
    known = library_of(by.organisation_id, at=at).force
    return _recorded(Answer("", "reply", check_before_sending(given, known, at=at)), given, by, at)


def run_advertisement_check(*, text: str, by: Actor, at: datetime) -> Answer:
    """Check an advertisement's wording, article by article; raise Forbidden, NothingPasted."""
    require(by, PERMISSION)
    given = _given(text)
    known = library_of(by.organisation_id, at=at).force
    return _recorded(Answer("", "advertisement", check_wording(given, known, at=at)), given, by, at)


def run_personal_data_check(*, text: str, by: Actor, at: datetime) -> Answer:
    """Find the personal data of a text and hide it in three ways; raise Forbidden, NothingPasted."""
    require(by, PERMISSION)
    given = _given(text)
    hidden = hide_personal_data(given, key_ring().derive(by.organisation_id, "checks", 32))
    total = sum(int(count) for count in hidden.counts.values())
    checked = Checked("personal_data", "no_known_risk", 0.0, facts={"found": str(total)})
    answer = Answer("", "personal_data", (Finding("personal_data", given, checked),), hidden=hidden)
    return _recorded(answer, given, by, at)


def _given(text: str) -> str:
    given = clean(text)
    if not given:
        raise NothingPasted
    return given


def _kind(kind: str) -> Literal["link", "phone", "text"]:
    if kind == "link":
        return "link"
    if kind == "phone":
        return "phone"
    if kind == "text":
        return "text"
    raise FieldInvalid(pointer="/kind", field="kind", reason="auto, link, phone, text")


def _recorded(answer: Answer, given: str, by: Actor, at: datetime) -> Answer:
    row = record_check(answer.kind, answer.worst, given, answer.hits, by=by, at=at)
    return Answer(row.id, answer.kind, answer.findings, answer.left_off, answer.hidden)


@transaction.atomic
def record_check(kind: str, checked: Checked, given: str, hits: Sequence[str], *, by: Actor, at: datetime) -> CheckRun:
    """Record one check: kind, verdict and the keyed digest of what was given; count it in the library."""
    lock_head(by.organisation_id)
    digest = blind_index(by.organisation_id, "check", given, at=at)
    row = CheckRun(
        id=new_id("chk", at=at),
        organisation_id=by.organisation_id,
        person_id=by.person_id or "",
        at=at,
        kind=kind,
        verdict=checked.level,
        score=round(checked.score, 1),
        digest=digest,
        signatures=" ".join(hits),
    )
    details = {"kind": kind, "verdict": checked.level, "digest": digest}
    record_entry("check.run", by=by, at=at, on=("check", row.id), details=details)
    row.save(force_insert=True)
    count_check(by.organisation_id, hits, at=at)
    return row


@transaction.atomic
def correct_check(*, check_id: str, correction: str, by: Actor, at: datetime) -> tuple[str, ...]:
    """Take a correction of one answer and count it for each signature it met; the same one counts once.

    Return the signatures concerned, ("",) when none was; raise NotFound, Forbidden, FieldInvalid.
    """
    row = access_check(check_id=check_id, by=by, permission=PERMISSION)
    word = next((each for each in CORRECTIONS if each == correction), None)
    if word is None:
        raise FieldInvalid(pointer="/correction", field="correction", reason=", ".join(CORRECTIONS))
    lock_head(by.organisation_id)
    concerned = tuple(row.signatures.split()) if word == "false_positive" else ()
    fresh = [each for each in concerned or ("",) if _keep(row, each, word, by, at)]
    if fresh:
        record_entry("check.correct", by=by, at=at, on=("check", row.id), details={"correction": word})
    for each in fresh:
        count_correction(by.organisation_id, each, word)
    return concerned or ("",)


def _keep(row: CheckRun, signature: str, word: Correction, by: Actor, at: datetime) -> bool:
    _, is_new = CheckCorrection.objects.get_or_create(
        check_run=row,
        signature=signature,
        word=word,
        defaults={"organisation_id": row.organisation_id, "person_id": by.person_id or "", "at": at},
    )
    return is_new
