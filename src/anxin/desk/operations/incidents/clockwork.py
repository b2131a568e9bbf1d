"""Clocks in the database: tell them what happened, keep the fold, and be able to fold it again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from anxin.desk.foundation.edge.prepared import Prepared
from anxin.desk.operations.incidents.clocks.book import absorb, apply, open_clocks
from anxin.desk.operations.incidents.clocks.happenings import Happening, Opened, Recomputed, Reopened
from anxin.desk.operations.incidents.clocks.lapse import advance
from anxin.desk.operations.incidents.clocks.policy import SlaPolicy, parse_policy, shipped_policy
from anxin.desk.operations.incidents.clocks.state import ClockEvent, IncidentClocks, Mark
from anxin.desk.operations.incidents.holding import HeldIncidents, held_incidents, keep_added, keep_book, keep_clocks
from anxin.desk.operations.incidents.models import ClockBook, ClockMark, ClockRow, Incident, PolicyVersion

_BOOK = Prepared(lambda incident_id: ClockBook.objects.filter(pk=incident_id))
_read_book = msgspec.json.Decoder(IncidentClocks)


@dataclass(frozen=True)
class Tick(Happening):
    """Time passed, and the worker noticed."""


@dataclass(frozen=True)
class Joined(Happening):
    """Another incident was merged into this one; `other` are its clocks at that moment (C12)."""

    other: IncidentClocks


_TYPES: Mapping[str, type[Happening]] = {each.__name__: each for each in Happening.__subclasses__()}


@dataclass(frozen=True)
class Told:
    """What the clocks were told, and by which version of the promise they judged it."""

    what: Happening
    policy: str


def encode_told(told: Told) -> str:
    """Return it as JSON for the timeline."""
    body = msgspec.json.encode(told.what)
    return msgspec.json.encode([type(told.what).__name__, told.policy, msgspec.Raw(body)]).decode()


def decode_told(text: str) -> Told:
    """Return what the timeline kept."""
    name, policy, body = msgspec.json.decode(text, type=tuple[str, str, msgspec.Raw])
    return Told(msgspec.json.decode(body, type=_TYPES[name]), policy)


def fold(
    clocks: IncidentClocks | None, what: Happening, policy: SlaPolicy
) -> tuple[IncidentClocks, tuple[ClockEvent, ...]]:
    """Return the clocks after a happening; the first one opens them."""
    if isinstance(what, Opened):
        return open_clocks(what, policy)
    assert clocks is not None
    if isinstance(what, Tick):
        return advance(clocks, what.at, policy)
    if isinstance(what, Joined):
        return absorb(clocks, what.other, what.at, policy)
    return apply(clocks, what, policy)


def current_policy(organisation_id: str, *, at: datetime) -> SlaPolicy:
    """Return the promise that new clocks start with."""
    rows = PolicyVersion.objects.filter(organisation_id=organisation_id, since__lte=at).order_by("-since", "-id")
    row = rows.first()
    return shipped_policy() if row is None else parse_policy(row.text)


def get_policy(organisation_id: str, version: str) -> SlaPolicy:
    """Return a version of the promise; raise PolicyVersion.DoesNotExist."""
    if version == shipped_policy().version:
        return shipped_policy()
    return parse_policy(PolicyVersion.objects.get(organisation_id=organisation_id, version=version).text)


def read_clocks(incident: Incident) -> IncidentClocks:
    """Return the clocks of an incident as they stand."""
    held = held_incidents()
    if held is not None:
        return _held_standing(held, incident)[0]
    return _read_book.decode(_get_book(incident).state)


def read_many_clocks(incidents: Sequence[Incident]) -> Mapping[str, IncidentClocks]:
    """Return the clocks of many incidents as they stand, by the incident."""
    books = ClockBook.objects.filter(pk__in=[each.pk for each in incidents])
    return {each.pk: _read_book.decode(each.state) for each in books}


def pinned_policy(incident: Incident) -> SlaPolicy:
    """Return the promise that the incident's clocks were started with (C19)."""
    held = held_incidents()
    if held is not None:
        return _held_standing(held, incident)[1]
    return get_policy(incident.organisation_id, _get_book(incident).policy_version)


def _get_book(incident: Incident) -> ClockBook:
    found = _BOOK.first(incident.pk)
    if found is None:
        raise ClockBook.DoesNotExist
    return found


def _held_standing(held: HeldIncidents, incident: Incident) -> tuple[IncidentClocks, SlaPolicy]:
    """Return clocks and promise, decoded once as long as they are held."""
    if incident.pk not in held.clocks:
        book = held.books[incident.pk]
        if book.policy_version not in held.policies:
            held.policies[book.policy_version] = get_policy(incident.organisation_id, book.policy_version)
        held.clocks[incident.pk] = _read_book.decode(book.state), held.policies[book.policy_version]
    return held.clocks[incident.pk]


def _find_standing(incident: Incident) -> tuple[IncidentClocks, SlaPolicy] | None:
    """Return clocks and promise, None before the clocks begin."""
    held = held_incidents()
    if held is not None:
        return _held_standing(held, incident)
    book = _BOOK.first(incident.pk)
    if book is None:
        return None
    return _read_book.decode(book.state), get_policy(incident.organisation_id, book.policy_version)


def foresee(incident: Incident, what: Happening) -> IncidentClocks:
    """Return the clocks as they would be after a happening; nothing is kept."""
    known = _find_standing(incident)
    assert known is not None
    return fold(known[0], what, known[1])[0]


@dataclass(frozen=True)
class Telling:
    """What came of telling: the clocks, the marks written, and by which promise."""

    told: Told
    clocks: IncidentClocks
    marks: tuple[ClockEvent, ...]
    policy: SlaPolicy


def tell(incident: Incident, what: Happening) -> Telling:
    """Tell the clocks, keep what they say, and show the primary one on the incident (which the caller saves).

    Raise PauseRefused; then nothing has changed.
    """
    held = held_incidents()
    known = _find_standing(incident)
    before = known[0] if known is not None else None
    is_fresh = known is None or isinstance(what, Reopened | Recomputed)
    policy = current_policy(incident.organisation_id, at=what.at) if is_fresh or known is None else known[1]
    clocks, marks = fold(before, what, policy)
    marks = first_breaches(marks, _breached_before(incident, marks))
    state = msgspec.json.encode(clocks).decode()
    own = {"incident": incident, "organisation_id": incident.organisation_id}
    keep_book(ClockBook(**own, policy_version=policy.version, state=state))
    if held is not None:
        held.clocks[incident.pk] = clocks, policy
    _keep_rows(incident, before, clocks)
    _keep_marks(incident, marks)
    show_primary(incident, clocks)
    return Telling(Told(what, policy.version), clocks, marks, policy)


def show_primary(incident: Incident, clocks: IncidentClocks) -> None:
    """Show the promise that stands now on the incident's own row."""
    primary = clocks.primary
    incident.level = clocks.level
    incident.zero_at = clocks.zero
    incident.clock_kind, incident.clock_standing = primary.kind, str(primary.standing)
    incident.due_at = primary.due if primary.is_open else None
    incident.is_breached = any(each.late_at is not None for each in clocks.clocks)


def first_breaches(marks: Iterable[ClockEvent], known: set[tuple[str, int]]) -> tuple[ClockEvent, ...]:
    """Return the marks without a second breach of one kind and generation (C17); `known` learns the first."""
    kept = list[ClockEvent]()
    for each in marks:
        if each.mark is Mark.BREACH:
            if (each.kind, each.generation) in known:
                continue
            known.add((each.kind, each.generation))
        kept.append(each)
    return tuple(kept)


def _breached_before(incident: Incident, marks: tuple[ClockEvent, ...]) -> set[tuple[str, int]]:
    held = held_incidents()
    if held is not None:
        return held.broken[incident.pk]
    if not any(each.mark is Mark.BREACH for each in marks):
        return set()
    rows = ClockMark.objects.filter(incident=incident, mark=Mark.BREACH)
    return set(rows.values_list("kind", "generation"))


def _keep_rows(incident: Incident, before: IncidentClocks | None, after: IncidentClocks) -> None:
    old = before.clocks if before is not None else ()
    new = [
        ClockRow(
            incident=incident,
            organisation_id=incident.organisation_id,
            position=position,
            kind=clock.kind,
            generation=clock.generation,
            level=clock.level,
            zero_at=clock.zero,
            due_at=clock.due,
            standing=str(clock.standing),
            stopped_at=clock.stopped_at,
            late_at=clock.late_at,
            is_waived=clock.is_waived,
        )
        for position, clock in enumerate(after.clocks)
        if position >= len(old) or old[position] != clock
    ]
    keep_clocks(new)


def _keep_marks(incident: Incident, marks: tuple[ClockEvent, ...]) -> None:
    if not marks:
        return
    first = _last_mark(incident, len(marks)) + 1
    rows = [
        ClockMark(
            incident=incident,
            organisation_id=incident.organisation_id,
            seq=first + place,
            kind=each.kind,
            generation=each.generation,
            mark=str(each.mark),
            at=each.at,
            noted_at=each.noted_at,
            word=each.word,
            due_at=each.due,
        )
        for place, each in enumerate(marks)
    ]
    keep_added(rows)


def _last_mark(incident: Incident, more: int) -> int:
    """Return the last number given to a mark; while incidents are held, `more` numbers are given."""
    held = held_incidents()
    if held is None:
        return ClockMark.objects.filter(incident=incident).count()
    last = held.marks.get(incident.pk, 0)
    held.marks[incident.pk] = last + more
    return last
