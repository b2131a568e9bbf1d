"""The library on the screen: what is in force and how it does, and the proposals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from anxin.checkers.signatures.signature import AnySignature, kind_of, size_of
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.intelligence.library import library_of
from anxin.desk.operations.intelligence.models import SignatureProposal, SignatureTally

VIEW = "policy.view"
MOST_SIGNATURES, MOST_PROPOSALS = 200, 20


@dataclass(frozen=True)
class SignatureLine:
    """One signature without its values. `hit_rate` is the share (0–1) of the desk's checks that met it."""

    id: str
    set: str
    version: str
    kind: str
    owner: str
    source: str
    valid_from: date
    valid_until: date
    confidence: str
    tlp: str
    size: int
    positives: int
    negatives: int
    is_in_force: bool
    hits: int
    hit_rate: float
    false_positives: int
    last_hit_at: datetime | None


@dataclass(frozen=True)
class ProposalLine:
    """One proposal."""

    set: str
    version: str
    added: int
    dropped: int
    kept: int
    proposed_by: str
    proposed_at: datetime
    state: str


@dataclass(frozen=True)
class LibraryView:
    """The signatures from `after` on (in the order of sets and ids), the proposals, and what counts for all."""

    lines: tuple[SignatureLine, ...]
    next: str
    proposals: tuple[ProposalLine, ...]
    checks: int
    missed: int


def view_library(*, by: Actor, at: datetime, after: str = "") -> LibraryView:
    """Return the library; raise Forbidden."""
    require(by, VIEW)
    library = library_of(by.organisation_id, at=at)
    tallies = {each.signature: each for each in SignatureTally.objects.filter(organisation_id=by.organisation_id)}
    whole = tallies.get("")
    checks, missed = (whole.hits, whole.missed) if whole is not None else (0, 0)
    in_force = {each.id for each in library.force.signatures}
    named = sorted(
        (
            (f"{name}/{each.id}", name, published.version, each)
            for name, published in library.book.sets.items()
            for each in published.signatures.values()
            if f"{name}/{each.id}" > after
        ),
        key=lambda one: one[0],
    )
    lines = tuple(
        _line(
            each,
            (name, version),
            is_in_force=each.id in in_force,
            tally=tallies.get(each.id) or SignatureTally(),
            checks=checks,
        )
        for _, name, version, each in named[:MOST_SIGNATURES]
    )
    more = named[MOST_SIGNATURES - 1][0] if len(named) > MOST_SIGNATURES else ""
    return LibraryView(lines, more, _proposals(by), checks, missed)


def _line(
    each: AnySignature, published: tuple[str, str], *, is_in_force: bool, tally: SignatureTally, checks: int
) -> SignatureLine:
    name, version = published
    return SignatureLine(
        id=each.id,
        set=name,
        version=version,
        kind=kind_of(each),
        owner=each.owner,
        source=each.source,
        valid_from=each.valid_from,
        valid_until=each.valid_until,
        confidence=each.confidence,
        tlp=each.tlp,
        size=size_of(each),
        positives=len(each.tests.positive),
        negatives=len(each.tests.negative),
        is_in_force=is_in_force,
        hits=tally.hits,
        hit_rate=tally.hits / checks if checks else 0.0,
        false_positives=tally.false_positives,
        last_hit_at=tally.last_hit_at,
    )


def _proposals(by: Actor) -> tuple[ProposalLine, ...]:
    rows = SignatureProposal.objects.filter(organisation_id=by.organisation_id).order_by("-id")[:MOST_PROPOSALS]
    return tuple(
        ProposalLine(
            each.set_name,
            each.set_version,
            each.added,
            each.dropped,
            each.kept,
            each.proposed_by,
            each.proposed_at,
            each.state,
        )
        for each in rows
    )
