"""Reads of incidents: the queue, counts, one incident with all that belongs to it, its timeline."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from anxin.desk.foundation.approvals.models import Approval
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.organisations.models import Person
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.ui.words import Words
from anxin.desk.operations.incidents.access import visible_incidents
from anxin.desk.operations.incidents.kinds import kind_names
from anxin.desk.operations.incidents.models import Handover, Incident, Party, Presence, Signal
from anxin.desk.operations.incidents.stages import OPEN, Stage

MOST_ROWS = 200
PRESENT = timedelta(seconds=30)


@dataclass(frozen=True)
class QueueFilter:
    """What to show; empty fields do not narrow. `stages` none: the open ones, `is_drill` None: drills and real ones.

    `whose` mine, free (nobody holds it), at_hand (mine or free), stalled (somebody led it and let go) or "" for all;
    `named` are keys of people and things, `ids` incidents.
    """

    whose: str = ""
    stages: frozenset[str] = frozenset()
    levels: frozenset[int] = frozenset()
    kind: str = ""
    family_kinds: frozenset[str] = frozenset()
    life_stage: str = ""
    site_id: str = ""
    number: int | None = None
    is_late: bool = False
    is_drill: bool | None = False
    opened_since: datetime | None = None
    named: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()


@dataclass(frozen=True)
class IncidentLine:
    """One incident in a list; people are sign-in names, "" for nobody; the kind is named as the organisation does."""

    id: str
    number: int
    kind: str
    kind_zh: str
    kind_en: str
    level: int
    is_provisional: bool
    stage: str
    zero_at: datetime
    due_at: datetime | None
    clock_kind: str
    clock_standing: str
    is_breached: bool
    commander: str
    holder: str
    is_mine: bool
    victims: int
    signals: int
    at_risk_minor: int | None
    currency: str
    care_until: datetime | None
    site_id: str
    is_drill: bool
    version: int

    @property
    def kind_words(self) -> Words:
        """What its kind is called."""
        return Words(self.kind_zh, self.kind_en)


Changed = Incident | Approval


@dataclass(frozen=True)
class Outcome:
    """An incident after a command; `approval_id` when the command waits for a second person, "" when it is done."""

    id: str
    number: int = 0
    stage: str = ""
    level: int = 0
    version: int = 0
    due_at: datetime | None = None
    approval_id: str = ""


@dataclass(frozen=True)
class Queue:
    """A page of incidents by due time, those without one last; `cursor` goes on, None at the end."""

    lines: tuple[IncidentLine, ...]
    cursor: str | None


@dataclass(frozen=True)
class Counts:
    """How many are open: by stage and level, late, free, and the actor's own."""

    by_stage: Mapping[str, int]
    by_level: Mapping[int, int]
    late: int
    free: int
    mine: int


@dataclass(frozen=True)
class PartyLine:
    """Somebody or something in an incident, by kind and key."""

    id: str
    role: str
    entity_kind: str
    entity_key: str
    first_at: datetime
    has_contact: bool


@dataclass(frozen=True)
class SignalLine:
    """One signal; `entities` are (role, kind, key)."""

    id: str
    source: str
    source_ref: str
    received_at: datetime
    kind: str
    markers: tuple[str, ...]
    entities: tuple[tuple[str, str, str], ...]


def list_queue(chosen: QueueFilter, *, by: Actor, at: datetime, cursor: str = "", limit: int = MOST_ROWS) -> Queue:
    """Return a page of the queue by due time; raise Forbidden, FieldInvalid for a foreign cursor."""
    require(by, "incident.view")
    rows = _narrowed(visible_incidents(by), chosen, by, at)
    limit = max(1, min(limit, MOST_ROWS))
    section, after = _parse(cursor)
    found: list[Incident] = []
    if section == "due":
        due = rows.filter(due_at__isnull=False)
        if after is not None:
            due = due.filter(Q(due_at__gt=after[0]) | Q(due_at=after[0], id__gt=after[1]))
        found = list(due.order_by("due_at", "id")[: limit + 1])
    if len(found) <= limit:
        rest = rows.filter(due_at__isnull=True)
        if section == "rest" and after is not None:
            rest = rest.filter(Q(zero_at__lt=after[0]) | Q(zero_at=after[0], id__gt=after[1]))
        found += list(rest.order_by("-zero_at", "id")[: limit + 1 - len(found)])
    shown = found[:limit]
    names = names_of({each for row in shown for each in (row.commander_id, row.holder_id)})
    kinds = kind_names(by.organisation_id)
    lines = tuple(incident_line(row, names, kinds, by) for row in shown)
    return Queue(lines, _render(shown[-1]) if len(found) > limit else None)


def count_incidents(*, by: Actor, at: datetime) -> Counts:
    """Return how many are open."""
    require(by, "incident.view")
    rows = visible_incidents(by).filter(stage__in=OPEN, is_drill=False)
    is_free = Q(holder_id="", stage__in=(Stage.IDENTIFIED, Stage.RESPONDING, Stage.DISPOSING))
    # One walk over what is open, for all of them.
    groups = list(
        rows.order_by()
        .values_list("stage", "level")
        .annotate(
            n=Count("pk"),
            late=Count("pk", filter=Q(due_at__lt=at)),
            free=Count("pk", filter=is_free),
            mine=Count("pk", filter=_mine(by)),
        )
    )
    stages, levels = Counter[str](), Counter[int]()
    for stage, level, n, *_ in groups:
        stages[stage] += n
        levels[level] += n
    late, free, mine = (sum(each[place] for each in groups) for place in (3, 4, 5))
    return Counts(dict(stages), dict(levels), late, free, mine)


def list_parties(incident: Incident) -> tuple[PartyLine, ...]:
    """Return who and what is in an incident that the caller may see: at most 500, victims first."""
    rows = Party.objects.filter(incident_id=incident.id, moved_to="").order_by("-role", "first_at", "id")[:500]
    return tuple(
        PartyLine(
            row.id, row.role, row.entity_kind, row.entity_key, row.first_at, has_contact=row.contact_sealed is not None
        )
        for row in rows
    )


def list_signals(incident: Incident, *, limit: int = 100) -> tuple[SignalLine, ...]:
    """Return the latest signals of an incident that the caller may see."""
    rows = Signal.objects.filter(incident_id=incident.id).order_by("-received_at", "-id")[:limit]
    return tuple(
        SignalLine(
            row.id,
            row.source,
            row.source_ref,
            row.received_at,
            row.kind,
            tuple(row.markers.split()),
            tuple((role, kind, key) for role, kind, key in json.loads(row.entities)),
        )
        for row in rows
    )


def list_similar(incident: Incident, *, by: Actor, limit: int = 20) -> tuple[IncidentLine, ...]:
    """Return other incidents that name the same people or things, newest first."""
    mine = Party.objects.filter(incident_id=incident.id, moved_to="")
    pairs = list(mine.values_list("entity_kind", "entity_key")[:50])
    if not pairs:
        return ()
    wanted = Q()
    for kind, key in pairs:
        wanted |= Q(entity_kind=kind, entity_key=key)
    others = Party.objects.filter(wanted, organisation_id=incident.organisation_id).exclude(incident_id=incident.id)
    ids = list(others.order_by("-incident_id").values_list("incident_id", flat=True).distinct()[:limit])
    rows = list(visible_incidents(by).filter(pk__in=ids).order_by("-number"))
    names = names_of({each for row in rows for each in (row.commander_id, row.holder_id)})
    kinds = kind_names(by.organisation_id)
    return tuple(incident_line(row, names, kinds, by) for row in rows)


def list_present(incident: Incident, *, by: Actor, at: datetime) -> tuple[str, ...]:
    """Return the sign-in names of others who have it open at this moment."""
    rows = Presence.objects.filter(incident_id=incident.id, seen_at__gt=at - PRESENT).exclude(person_id=by.person_id)
    return tuple(rows.order_by("label").values_list("label", flat=True))


def list_offered(*, by: Actor) -> tuple[Handover, ...]:
    """Return handovers that wait for this person, oldest first."""
    rows = Handover.objects.filter(organisation_id=by.organisation_id, state="offered", to_id__in=("", by.person_id))
    seen = visible_incidents(by).filter(pk__in=rows.values("incident_id")).values_list("id", flat=True)
    return tuple(
        rows.filter(incident_id__in=list(seen)).exclude(from_id=by.person_id).order_by("offered_at")[:MOST_ROWS]
    )


def outcome_of(done: Changed) -> Outcome:
    """Return what came of a command."""
    if isinstance(done, Approval):
        return Outcome(done.object_id, approval_id=done.id)
    return Outcome(done.id, done.number, done.stage, done.level, done.version, done.due_at)


def names_of(ids: set[str]) -> Mapping[str, str]:
    """Return the sign-in names of people by id."""
    return dict(Person.objects.filter(pk__in=ids - {""}).values_list("id", "username"))


def incident_line(row: Incident, names: Mapping[str, str], kinds: Mapping[str, Words], by: Actor) -> IncidentLine:
    """Return an incident as a line of a list, given what people and kinds are called."""
    kind = kinds.get(row.kind, Words(row.kind, row.kind))
    return IncidentLine(
        id=row.id,
        number=row.number,
        kind=row.kind,
        kind_zh=kind.zh,
        kind_en=kind.en,
        level=row.level,
        is_provisional=row.is_provisional,
        stage=row.stage,
        zero_at=row.zero_at,
        due_at=row.due_at,
        clock_kind=row.clock_kind,
        clock_standing=row.clock_standing,
        is_breached=row.is_breached,
        commander=names.get(row.commander_id, ""),
        holder=names.get(row.holder_id, ""),
        is_mine=by.person_id is not None and by.person_id in (row.holder_id, row.commander_id),
        victims=row.victims,
        signals=row.signals,
        at_risk_minor=row.at_risk_minor,
        currency=row.currency,
        care_until=row.care_until,
        site_id=row.site_id,
        is_drill=row.is_drill,
        version=row.version,
    )


def _narrowed(rows: QuerySet[Incident], chosen: QueueFilter, by: Actor, at: datetime) -> QuerySet[Incident]:
    rows = rows.filter(stage__in=chosen.stages or OPEN)
    if chosen.is_drill is not None:
        rows = rows.filter(is_drill=chosen.is_drill)
    if chosen.whose == "mine":
        rows = rows.filter(_mine(by))
    elif chosen.whose == "free":
        rows = rows.filter(holder_id="")
    elif chosen.whose == "at_hand":
        rows = rows.filter(_mine(by) | Q(holder_id=""))
    elif chosen.whose == "stalled":
        rows = rows.filter(holder_id="", stage__in=(Stage.RESPONDING, Stage.DISPOSING))
    if chosen.named:
        parties = Party.objects.filter(organisation_id=by.organisation_id, entity_key__in=chosen.named, moved_to="")
        rows = rows.filter(id__in=list(parties.values_list("incident_id", flat=True).distinct()[:1_000]))
    if chosen.ids:
        rows = rows.filter(id__in=chosen.ids)
    for name in ("kind", "life_stage", "site_id", "number"):
        value = getattr(chosen, name)
        rows = rows.filter(**{name: value}) if value not in ("", None) else rows
    if chosen.levels:
        rows = rows.filter(level__in=chosen.levels)
    if chosen.family_kinds:
        rows = rows.filter(kind__in=chosen.family_kinds)
    if chosen.is_late:
        rows = rows.filter(due_at__lt=at)
    if chosen.opened_since is not None:
        rows = rows.filter(opened_at__gte=chosen.opened_since)
    return rows


def _mine(by: Actor) -> Q:
    return Q(holder_id=by.person_id) | Q(commander_id=by.person_id)


def _render(row: Incident) -> str:
    place = row.due_at if row.due_at is not None else row.zero_at
    section = "due" if row.due_at is not None else "rest"
    return base64.urlsafe_b64encode(f"{section}|{place.isoformat()}|{row.id}".encode()).decode().rstrip("=")


def _parse(cursor: str) -> tuple[str, tuple[datetime, str] | None]:
    if not cursor:
        return "due", None
    try:
        plain = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        section, place, row_id = plain.split("|")
        moment = datetime.fromisoformat(place)
    except ValueError as wrong:
        raise FieldInvalid(pointer="/cursor", field="cursor", reason="it is not one of ours") from wrong
    if section not in ("due", "rest") or moment.tzinfo is None:
        raise FieldInvalid(pointer="/cursor", field="cursor", reason="it is not one of ours")
    return section, (moment, row_id)
