"""The list of decisions: newest first, narrowed, paged without gap or double, within the actor's sites."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from anxin.desk.conftest import NIGHT
from anxin.desk.decisioning.conftest import Night, event
from anxin.desk.decisioning.decisions import queries
from anxin.desk.decisioning.decisions.queries import DecisionFilter, find_projection_state, list_decisions
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.models import Site
from anxin.desk.foundation.permissions.authority import Forbidden

Actors = Callable[..., Actor]


def all_of(chosen: DecisionFilter, by: Actor, limit: int) -> list[str]:
    """Return the event ids of all pages."""
    found, cursor = list[str](), None
    while True:
        page = list_decisions(chosen, by=by, cursor=cursor, limit=limit)
        found += [line.event_id for line in page.lines]
        cursor = page.cursor
        if cursor is None:
            return found


@pytest.fixture
def busy(night: Night) -> Night:
    """Twenty payments of one user from one shop, and ten sign-ins of another platform in between."""
    night.happened(
        *(
            event(number, "account.login", "u2", platform="social") if number % 3 == 2 else event(number)
            for number in range(30)
        )
    )
    return night


@pytest.mark.parametrize("scanned", [4, 20_000])
@pytest.mark.parametrize("limit", [1, 3, 200])
@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (DecisionFilter(), range(30)),
        (DecisionFilter(event_type="account.login"), range(2, 30, 3)),
        (DecisionFilter(verdicts=frozenset({"hold"})), [n for n in range(30) if n % 3 != 2 and n > 2]),
        (DecisionFilter(rule="TXN_MANY", least_score=60), [n for n in range(30) if n % 3 != 2 and n > 2]),
        (DecisionFilter(verdicts=frozenset({"allow"}), event_type="payment.attempted"), [0, 1]),
        (DecisionFilter(since=NIGHT + timedelta(seconds=5), until=NIGHT + timedelta(seconds=8)), [5, 6, 7]),
        (DecisionFilter(policy="night@2"), []),
        (DecisionFilter(is_degraded=True), []),
    ],
)
def test_pages_hold_what_fits_once_each(
    busy: Night,
    actor: Actors,
    monkeypatch: pytest.MonkeyPatch,
    chosen: DecisionFilter,
    expected: list[int],
    limit: int,
    scanned: int,
) -> None:
    monkeypatch.setattr(queries, "SCANNED", scanned)
    assert all_of(chosen, actor("specialist"), limit) == [f"e{number}" for number in sorted(expected, reverse=True)]


def test_sites_bound_the_list(busy: Night, actor: Actors) -> None:
    site = Site.objects.create(
        id="site_1", organisation=busy.organisation, platform="social", business_line="*", region="*", name="Social"
    )
    by = Actor(**{**actor("specialist").__dict__, "sites": frozenset({site.pk})})
    assert all_of(DecisionFilter(), by, 4) == [f"e{number}" for number in range(29, 1, -3)]


def test_who_may_not_is_refused(busy: Night, actor: Actors) -> None:
    with pytest.raises(Forbidden):
        list_decisions(DecisionFilter(), by=actor("administrator"))


def test_the_state_tells_how_far_it_is(busy: Night) -> None:
    state = find_projection_state(busy.organisation.id)
    assert state is not None
    assert (state.position, state.missing_until, state.fault) == (31, 0, "")
    assert find_projection_state("org_none") is None
