"""Reveal one field, erase one person, hold what must stay, rotate the keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from anxin.desk.foundation.approvals.actions import request_approval
from anxin.desk.foundation.approvals.acts import ApprovedAct
from anxin.desk.foundation.audit.actions import record_entry
from anxin.desk.foundation.edge.actor import Actor, Grade, system_actor
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.organisations.quotas import spend
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.permissions.authority import SecondFactorNeeded, form_for, require
from anxin.desk.foundation.permissions.catalogue import FieldRule, Form, field_rules, roles
from anxin.desk.foundation.privacy.errors import (
    CaseNeeded,
    NotRevealable,
    PurposeNeeded,
    SecondPersonNeeded,
    SubjectUnclear,
    UnderLegalHold,
)
from anxin.desk.foundation.privacy.facts import FieldRevealed, PersonErased
from anxin.desk.foundation.privacy.models import Erasure, LegalHold, RevealPermit
from anxin.desk.foundation.privacy.purposes import purposes, roles_that_need_a_case
from anxin.desk.foundation.vault.key_service import KeyService
from anxin.desk.foundation.vault.rotation import rotate_data_key, shred_subject
from anxin.desk.foundation.vault.sealing import key_service, unseal

SECONDS = 60
PERMIT = timedelta(hours=1)
SUBJECT = re.compile(r"[a-z][a-z_]*:\S+")
"""The token of a person or thing: kind and key."""
_ALONE = {Form.REVEAL, Form.COARSE_REVEAL}


@dataclass(frozen=True)
class Sealed:
    """A sealed value: `kind` a field of `fields.yaml`, `on` whose it is (kind, id), `about` its binding."""

    kind: str
    on: tuple[str, str]
    value: bytes
    about: str


@dataclass(frozen=True)
class Revealed:
    """A value in clear, to be masked again at `until`. It goes into one answer and nowhere else."""

    kind: str
    value: str
    until: datetime


def reveal_field(sealed: Sealed, *, purpose: str, case_id: str, by: Actor, at: datetime) -> Revealed:
    """Return the value for 60 seconds, counted and recorded; `case_id` "" means outside of a case.

    Raise NotRevealable, PurposeNeeded, CaseNeeded, SecondFactorNeeded, QuotaSpent, or SecondPersonNeeded once the
    request to a second person was made.
    """
    rule = field_rules()[sealed.kind]
    form = form_for(by, rule)
    _require_reason(rule, form, purpose, case_id, by)
    if form is Form.REVEAL_SECOND:
        _require_permit(sealed, rule, {"purpose": purpose, "case": case_id}, by, at)
    with transaction.atomic():
        return _reveal(sealed, purpose, case_id, by, at, is_permitted=form is Form.REVEAL_SECOND)


def _require_reason(rule: FieldRule, form: Form, purpose: str, case_id: str, by: Actor) -> None:
    if form not in _ALONE and form is not Form.REVEAL_SECOND:
        raise _not_revealable(rule)
    require(by, "field.reveal")
    if not by.is_strong and not settings.ANXIN.demo:
        raise SecondFactorNeeded
    if purpose not in purposes():
        raise PurposeNeeded(pointer="/purpose")
    if not case_id and by.roles <= roles_that_need_a_case():
        raise CaseNeeded(pointer="/case_id")


def _not_revealable(rule: FieldRule) -> NotRevealable:
    able = [roles()[name].words for name, form in rule.forms.items() if form in _ALONE or form is Form.REVEAL_SECOND]
    return NotRevealable(
        unmet=("field.reveal",),
        field=rule.words.en,
        field_zh=rule.words.zh,
        who=", ".join(each.en for each in able),
        who_zh="、".join(each.zh for each in able),
    )


def _permits(sealed: Sealed, by: Actor, at: datetime) -> QuerySet[RevealPermit]:
    return RevealPermit.objects.filter(
        organisation_id=by.organisation_id,
        person_id=by.person_id,
        object_kind=sealed.on[0],
        object_id=sealed.on[1],
        kind=sealed.kind,
        until__gt=at,
        used_at=None,
    )


def _require_permit(sealed: Sealed, rule: FieldRule, why: Mapping[str, str], by: Actor, at: datetime) -> None:
    if _permits(sealed, by, at).exists():
        return
    arguments = {
        "kind": sealed.kind,
        "object_kind": sealed.on[0],
        "object_id": sealed.on[1],
        **why,
    }
    on = ("reveal", f"{by.person_id}:{sealed.kind}:{sealed.on[0]}:{sealed.on[1]}"[:128])
    asked = request_approval("field.reveal_identity", on=on, by=by, at=at, arguments=arguments)
    raise SecondPersonNeeded(
        unmet=("field.reveal_identity",), field=rule.words.en, field_zh=rule.words.zh, approval=asked.id
    )


def _reveal(sealed: Sealed, purpose: str, case_id: str, by: Actor, at: datetime, *, is_permitted: bool) -> Revealed:
    details = {"kind": sealed.kind, "purpose": purpose, "case": case_id}
    record_entry("field.reveal", by=by, at=at, on=sealed.on, details=details)
    spend(by=by, permission="field.reveal", at=at)
    if is_permitted:
        permit = _permits(sealed, by, at).first()
        if permit is None or not _permits(sealed, by, at).filter(pk=permit.pk).update(used_at=at):
            raise _not_revealable(field_rules()[sealed.kind])
    value = unseal(by.organisation_id, sealed.value, about=sealed.about)
    fact = FieldRevealed(f"{sealed.on[0]}:{sealed.on[1]}", sealed.kind, by.person_id or "")
    publish_fact(fact, organisation_id=by.organisation_id, at=at)
    return Revealed(sealed.kind, value, at + timedelta(seconds=SECONDS))


def permit_reveal(approved: ApprovedAct, at: datetime) -> None:
    """Let the requester reveal the field once within the hour: what the approval of `field.reveal_identity` does."""
    RevealPermit.objects.create(
        id=new_id("rvp", at=at),
        organisation_id=approved.organisation_id,
        person_id=approved.requested_by,
        object_kind=str(approved.arguments["object_kind"]),
        object_id=str(approved.arguments["object_id"]),
        kind=str(approved.arguments["kind"]),
        until=at + PERMIT,
    )


def request_erasure(*, subject: str, reason: str, by: Actor, at: datetime) -> str:
    """Ask a second person to erase everything sealed about a person, given by token; return the approval's id.

    Raise Forbidden, SubjectUnclear, AlreadyAsked.
    """
    require(by, "data.erase", at_least=Grade.REQUEST)
    if not SUBJECT.fullmatch(subject):
        raise SubjectUnclear
    return request_approval("data.erase", on=("subject", subject), by=by, at=at, reason=reason).id


@transaction.atomic
def erase_approved(approved: ApprovedAct, at: datetime) -> None:
    """Destroy the person's key: what the approval of `data.erase` does. Hash and fact remain; a legal hold refuses."""
    subject = approved.on[1]
    by = approved.second or system_actor(approved.organisation_id, "privacy")
    record_entry("data.erase", by=by, at=at, on=approved.on, details={"requested_by": approved.requested_by})
    held = LegalHold.objects.filter(organisation_id=approved.organisation_id, subject=subject, released_at=None)
    if held.exists():
        raise UnderLegalHold
    erasure_id = new_id("era", at=at)
    had_key = shred_subject(approved.organisation_id, subject, erasure_id=erasure_id, at=at)
    Erasure.objects.create(
        id=erasure_id,
        organisation_id=approved.organisation_id,
        subject=subject,
        requested_by=approved.requested_by,
        approved_by=by.person_id or "",
        erased_at=at,
        had_key=had_key,
    )
    publish_fact(PersonErased(subject), organisation_id=approved.organisation_id, at=at)


@transaction.atomic
def place_hold(*, subject: str, reason: str, by: Actor, at: datetime) -> LegalHold:
    """Keep everything about a person from retention and erasure; placing twice is the same hold.

    Raise Forbidden, SubjectUnclear for what is no token (`user:u100`).
    """
    require(by, "data.retain", at_least=Grade.SECOND)
    if not SUBJECT.fullmatch(subject):
        raise SubjectUnclear
    record_entry("data.hold", by=by, at=at, on=("subject", subject), reason=reason)
    found, _ = LegalHold.objects.get_or_create(
        organisation_id=by.organisation_id,
        subject=subject,
        released_at=None,
        defaults={"id": new_id("lho", at=at), "placed_by": by.person_id or "", "placed_at": at},
    )
    return found


def request_release(*, hold_id: str, reason: str, by: Actor, at: datetime) -> str:
    """Ask a second person to lift a legal hold; return the approval's id. Raise Forbidden, NotFound, AlreadyAsked."""
    require(by, "evidence.lift_hold", at_least=Grade.REQUEST)
    if not LegalHold.objects.filter(pk=hold_id, organisation_id=by.organisation_id, released_at=None).exists():
        raise NotFound
    return request_approval("data.lift_hold", on=("hold", hold_id), by=by, at=at, reason=reason).id


@transaction.atomic
def release_approved(approved: ApprovedAct, at: datetime) -> None:
    """Lift the hold: what the approval of `data.lift_hold` does; retention and erasure go on from then."""
    by = approved.second or system_actor(approved.organisation_id, "privacy")
    record_entry("data.lift_hold", by=by, at=at, on=approved.on, details={"requested_by": approved.requested_by})
    held = LegalHold.objects.filter(pk=approved.on[1], organisation_id=approved.organisation_id, released_at=None)
    if not held.update(released_at=at):
        raise NotFound


@transaction.atomic
def rotate_keys(*, by: Actor, at: datetime, service: KeyService | None = None) -> str:
    """Begin a new key-encrypting key and a new data key of the actor's organisation; return the data key's id in hex.

    Older values stay readable; the worker wraps and seals them anew, without a pause for anybody.
    """
    require(by, "key.rotate")
    kek_id = (service or key_service()).rotate()
    fresh = rotate_data_key(by.organisation_id, at=at).hex()
    record_entry("seal.rotate", by=by, at=at, on=("key", fresh), details={"kek": kek_id})
    return fresh


@transaction.atomic
def rotate_everything(organisation_ids: Iterable[str], *, at: datetime) -> list[tuple[str, str]]:
    """Rotate the keys of these organisations, for whoever holds the machine; return (organisation, data key in hex)."""
    kek_id, made = key_service().rotate(), list[tuple[str, str]]()
    for organisation_id in organisation_ids:
        by = system_actor(organisation_id, "command-line")
        fresh = rotate_data_key(organisation_id, at=at).hex()
        record_entry("seal.rotate", by=by, at=at, on=("key", fresh), details={"kek": kek_id})
        made.append((organisation_id, fresh))
    return made
