"""Cases: drafted by themselves from closed incidents, in the library once a person confirmed that they name nobody."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from anxin.desk.foundation.audit.actions import lock_head, record_entry
from anxin.desk.foundation.edge.actor import Actor, system_actor
from anxin.desk.foundation.edge.duties import one_by_one, resting
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.refusals import FieldInvalid, NotFound
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.vault.sealing import seal, unseal
from anxin.desk.operations.incidents.decided import rules_of
from anxin.desk.operations.incidents.kinds import find_kind
from anxin.desk.operations.incidents.models import Incident
from anxin.desk.operations.incidents.stages import Stage
from anxin.desk.oversight.reviews.access import access_case
from anxin.desk.oversight.reviews.anonymous import anonymise, leads_back
from anxin.desk.oversight.reviews.errors import NamesSomebody, require_guards
from anxin.desk.oversight.reviews.models import Case, CorrectiveAction, Review
from anxin.desk.oversight.reviews.naming import require_nameless

AT_ONCE = 20
CONFIRM = "case.confirm"
LONGEST_TITLE, LONGEST_TEXT = 120, 8_000


def draft_cases(*, at: datetime) -> int:
    """Draft a case of each closed incident whose review is published; return how many."""
    everyone = Organisation.objects.values_list("id", flat=True)
    return one_by_one(everyone, lambda each: _draft_of(each, at), at=at)


def _draft_of(organisation_id: str, at: datetime) -> int:
    known = Case.objects.filter(incident_id=OuterRef("incident_id"))
    closed = Incident.objects.filter(pk=OuterRef("incident_id"), stage=Stage.CLOSED, is_drill=False)
    rows = Review.objects.filter(organisation_id=organisation_id, state=Review.State.PUBLISHED)
    found = rows.filter(Exists(closed), ~Exists(known)).exclude(pk__in=resting(at)).order_by("id")[:AT_ONCE]
    of = {each.id: each for each in found}
    return one_by_one(of, lambda each: draft_case(review=of[each], at=at), at=at)


@transaction.atomic
def draft_case(*, review: Review, at: datetime) -> bool:
    """Draft the case of a review; False when it has one."""
    lock_head(review.organisation_id)
    if Case.objects.filter(incident_id=review.incident_id).exists():
        return False
    incident = Incident.objects.get(pk=review.incident_id)
    case = Case(
        id=new_id("cas", at=at),
        organisation_id=incident.organisation_id,
        incident_id=incident.id,
        review_id=review.id,
        kind=incident.kind,
        level=incident.level,
        cause=incident.cause,
        factors=_between(_factors(review, incident)),
        rules=_between(rules_of((incident,)).get(incident.id, ()))[:400],
        month=incident.zero_at.strftime("%Y-%m"),
        opened_at=at,
    )
    text = anonymise(_compose(review, incident, at), incident=incident)
    case.draft_sealed = seal(case.organisation_id, text, about=f"review.case:{case.id}", at=at)
    by = system_actor(case.organisation_id, "cases")
    record_entry("case.draft", by=by, at=at, on=("case", case.id), details={"kind": case.kind})
    case.save(force_insert=True)
    return True


@transaction.atomic
def confirm_case(*, case_id: str, title: str, text: str, has_read: bool, by: Actor, at: datetime) -> Case:
    """Take a case into the library as a person wrote it; raise NamesSomebody for what still leads to somebody."""
    case = _waiting(case_id, by)
    title, text = title.strip(), text.strip()
    for field, value, longest in (("title", title, LONGEST_TITLE), ("text", text, LONGEST_TEXT)):
        if not 0 < len(value) <= longest:
            raise FieldInvalid(pointer=f"/{field}", field=field, reason=f"1–{longest}")
    if not has_read:
        raise FieldInvalid(pointer="/has_read", field="has_read", reason="read it first", reason_zh="请先通读确认")
    incident = Incident.objects.get(pk=case.incident_id)
    whole = f"{title}\n{text}"
    require_nameless(whole, organisation_id=case.organisation_id, incident_id=incident.id)
    if leads_back(whole, incident=incident):
        raise NamesSomebody(unmet=("trace",), found="id, link, date, number, name or address")
    record_entry("case.confirm", by=by, at=at, on=("case", case.id), details={"kind": case.kind})
    case.title, case.text, case.draft_sealed = title, text, None
    case.confirmed_by, case.confirmed_at = by.person_id or "", at
    case.save()
    return case


@transaction.atomic
def refuse_case(*, case_id: str, reason: str, by: Actor, at: datetime) -> Case:
    """Keep a case out of the library: it teaches nothing, or cannot be told without leading to somebody."""
    case = _waiting(case_id, by)
    record_entry("case.refuse", by=by, at=at, on=("case", case.id), reason=reason[:500], details={"kind": case.kind})
    case.is_refused, case.draft_sealed = True, None
    case.save(update_fields=("is_refused", "draft_sealed"))
    return case


def read_draft(case: Case) -> str:
    """Return the draft of a case, "" when it has none any more."""
    if case.draft_sealed is None:
        return ""
    return unseal(case.organisation_id, bytes(case.draft_sealed), about=f"review.case:{case.id}")


def _waiting(case_id: str, by: Actor) -> Case:
    access_case(case_id=case_id, by=by, permission=CONFIRM)
    lock_head(by.organisation_id)
    case = Case.objects.select_for_update().filter(pk=case_id).first()
    if case is None:
        raise NotFound
    require_guards((("case.waiting", case.confirmed_at is None and not case.is_refused),))
    return case


def _factors(review: Review, incident: Incident) -> tuple[str, ...]:
    found = set(review.entries.exclude(factor="").values_list("factor", flat=True))
    return tuple(sorted(found | set(incident.factors.split())))


def _compose(review: Review, incident: Incident, at: datetime) -> str:
    kind = find_kind(incident.organisation_id, incident.kind, at=at)
    head = f"{kind.words.zh} · {kind.words.en}" if kind is not None else incident.kind
    entries = review.entries.order_by("written_at", "id")
    actions = CorrectiveAction.objects.filter(review=review).order_by("due_at", "id")
    parts = [head]
    parts += [
        unseal(each.organisation_id, bytes(each.text_sealed), about=f"review.entry:{each.id}") for each in entries
    ]
    parts += [
        unseal(each.organisation_id, bytes(each.text_sealed), about=f"review.action:{each.id}") for each in actions
    ]
    return "\n".join(parts)[:LONGEST_TEXT]


def _between(words: tuple[str, ...]) -> str:
    return f" {' '.join(words)} " if words else ""
