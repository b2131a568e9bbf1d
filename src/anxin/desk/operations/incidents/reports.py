"""What the platform's users and staff report, turned into signals: personal values become tokens at once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from anxin.desk.decisioning.decisions.keys import keys_of
from anxin.desk.foundation.edge.actor import Actor, ActorKind
from anxin.desk.foundation.edge.refusals import FieldInvalid, NotFound
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.incidents.actions.opening import require_kind
from anxin.desk.operations.incidents.actions.signals import Named, NewSignal, Promoted, promote
from anxin.desk.operations.incidents.choices import require_choice
from anxin.engine.errors import EngineError

SOURCES = ("report", "check", "staff", "partner")
ROLES = ("victim", "suspect", "merchant", "reporter", "thing")
PERSONAL = ("phone", "email", "ip")
MOST_PARTIES = 50
LONGEST = 10_000


@dataclass(frozen=True)
class Report:
    """A report as it came: `parties` in clear (role, kind, value), `dedup_key` "" to fold by kind and what is named."""

    report_id: str
    kind: str
    text: str = ""
    source: str = "report"
    parties: tuple[Named, ...] = ()
    markers: tuple[str, ...] = ()
    occurred_at: datetime | None = None
    amount_minor: int = 0
    currency: str = ""
    site_id: str = ""
    contact: str = ""
    dedup_key: str = ""
    is_drill: bool = False


def take_report(report: Report, *, by: Actor, at: datetime) -> Promoted:
    """Make a signal of a report; the same `report_id` twice is once. Raise Forbidden, FieldInvalid, NotFound."""
    require(by, "incident.report")
    require_kind(report.kind, by=by, at=at)
    _require_valid(report, by)
    slug = Organisation.objects.values_list("slug", flat=True).get(pk=by.organisation_id)
    parties = tuple(_known_by_key(each, slug) for each in report.parties)
    signal = NewSignal(
        source=report.source,
        source_ref=report.report_id,
        kind=report.kind,
        dedup_key=report.dedup_key or _key(report, parties),
        received_at=at,
        entities=parties,
        markers=report.markers,
        occurred_at=report.occurred_at,
        amount_minor=report.amount_minor,
        currency=report.currency,
        site_id=report.site_id,
        body=report.text,
        contact=report.contact,
        is_drill=report.is_drill,
    )
    return promote(signal, by=by, at=at)


def keys_of_value(value: str, *, organisation_id: str, kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Return the keys that a typed value has as each kind ("" for ids that are no personal value), without repeats."""
    slug = Organisation.objects.values_list("slug", flat=True).get(pk=organisation_id)
    found = dict[str, None]()
    for kind in kinds:
        try:
            found[_known_by_key(Named("thing", kind, value), slug).key] = None
        except FieldInvalid:
            continue
    return tuple(found)


def _require_valid(report: Report, by: Actor) -> None:
    checks = (
        ("report_id", 0 < len(report.report_id) <= 128),
        ("source", report.source in SOURCES and (report.source != "staff" or by.kind is ActorKind.PERSON)),
        ("text", len(report.text) <= LONGEST),
        ("dedup_key", len(report.dedup_key) <= 160),
        ("amount_minor", 0 <= report.amount_minor < 1 << 62 and (len(report.currency) == 3 or not report.amount_minor)),
        ("parties", len(report.parties) <= MOST_PARTIES and all(_is_valid(each) for each in report.parties)),
    )
    for field, is_right in checks:
        if not is_right:
            raise FieldInvalid(pointer=f"/{field}", field=field, reason="out of bounds", reason_zh="超出范围")
    for marker in report.markers:
        require_choice("level_reasons", marker, field="markers")
    if by.sites is not None and report.site_id not in by.sites:
        raise NotFound


def _is_valid(named: Named) -> bool:
    return named.role in ROLES and 0 < len(named.kind) <= 64 and 0 < len(named.key) <= 2_000


def _known_by_key(named: Named, slug: str) -> Named:
    keys = keys_of(slug)
    if named.kind not in PERSONAL:
        return Named(named.role, named.kind, keys.key(None, named.key))
    try:
        return Named(named.role, named.kind, keys.personal_key(named.kind, named.key))
    except (EngineError, ValueError) as wrong:
        raise FieldInvalid(pointer="/parties", field="parties", reason=named.kind) from wrong


def _key(report: Report, parties: tuple[Named, ...]) -> str:
    """Return what reports are folded by: kind and the suspects and things they name, else the report alone."""
    named = sorted(f"{each.kind}:{each.key}" for each in parties if each.role in ("suspect", "thing", "merchant"))
    basis = "|".join(named) or report.report_id
    digest = hashlib.blake2b(basis.encode(), digest_size=16).hexdigest()
    return f"{report.kind}:{digest}:{report.site_id}"
