from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from anxin.desk.operations.incidents.clocks import happenings as happened
from anxin.desk.operations.incidents.clocks.attainment import Promise, attainment
from anxin.desk.operations.incidents.clocks.book import apply, open_clocks
from anxin.desk.operations.incidents.clocks.lapse import advance, next_look
from anxin.desk.operations.incidents.clocks.policy import shipped_policy
from anxin.desk.operations.incidents.clocks.refusals import PauseRefused
from anxin.desk.operations.incidents.clocks.state import ClockEvent, IncidentClocks, Mark, Standing

POLICY = shipped_policy()
ZERO = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
PLAIN = (
    happened.Started,
    happened.Protected,
    happened.Contacted,
    happened.Handled,
    happened.Heard,
    happened.Wrote,
    happened.Resumed,
    happened.OwnerChanged,
    happened.Triaged,
    happened.Reopened,
)
STEPS = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from([*PLAIN, "pause", "raise", "lower"]), st.integers(1, 90)), max_size=14
)


def story(level: int, steps: list[tuple[int, object, int]]) -> list[happened.Happening]:
    at, told = ZERO, list[happened.Happening]()
    for minutes, what, more in steps:
        at += timedelta(minutes=minutes)
        if what == "pause":
            told.append(happened.Paused(at, "waiting_customer", "msg", at + timedelta(minutes=more)))
        elif what == "raise":
            told.append(happened.LevelRaised(at, max(1, level - 1)))
        elif what == "lower":
            told.append(happened.LevelLowered(at, 3))
        else:
            told.append(what(at))  # type: ignore[operator]
    return told


def tell(level: int, told: list[happened.Happening], ticks: list[datetime]) -> tuple[IncidentClocks, list[ClockEvent]]:
    """Tell a story with looks in between, as a worker would."""
    clocks, first = open_clocks(happened.Opened(ZERO, ZERO, level), POLICY)
    book = list(first)
    both = sorted([(each.at, 1, each) for each in told] + [(each, 0, None) for each in ticks], key=lambda e: e[:2])
    for at, _, what in both:
        try:
            clocks, events = advance(clocks, at, POLICY) if what is None else apply(clocks, what, POLICY)
        except PauseRefused:
            continue
        book += events
    return clocks, book


@given(st.integers(1, 3), STEPS, st.lists(st.integers(0, 700), max_size=12))
def test_looking_more_often_changes_no_result(
    level: int, steps: list[tuple[int, object, int]], looks: list[int]
) -> None:
    told = story(level, steps)
    end = ZERO + timedelta(hours=20)
    often = [ZERO + timedelta(minutes=each) for each in looks]
    once, book = tell(level, told, [end])
    many, other = tell(level, told, [*often, end])
    facts = lambda clocks: [(c.kind, c.standing, c.due, c.late_at, c.stopped_at) for c in clocks.clocks]  # noqa: E731
    assert facts(once) == facts(many)
    assert {(e.kind, e.generation, e.at) for e in book if e.mark is Mark.BREACH} == {
        (e.kind, e.generation, e.at) for e in other if e.mark is Mark.BREACH
    }


@given(st.integers(1, 3), STEPS)
def test_time_is_neither_lost_nor_counted_twice(level: int, steps: list[tuple[int, object, int]]) -> None:
    clocks, _ = tell(level, story(level, steps), [ZERO + timedelta(hours=20)])
    for clock in clocks.clocks:
        assert clock.due - clock.base_due == clock.paused
        assert timedelta() <= clock.paused <= POLICY.pause_cap
        assert clock.paused_from is None
        if clock.kind in ("start", "respond"):
            assert clock.paused == timedelta()
        if clock.standing is Standing.MET:
            assert clock.stopped_at is not None
            assert clock.stopped_at <= clock.due


@given(st.integers(1, 3), STEPS)
def test_a_promise_is_broken_at_most_once(level: int, steps: list[tuple[int, object, int]]) -> None:
    _, book = tell(level, story(level, steps), [ZERO + timedelta(hours=n) for n in range(20)])
    broken = [(each.kind, each.generation, each.at) for each in book if each.mark is Mark.BREACH]
    assert len(broken) == len(set(broken))


@given(st.integers(2, 3), st.integers(1, 400))
def test_raising_never_loosens(level: int, minutes: int) -> None:
    clocks, _ = open_clocks(happened.Opened(ZERO, ZERO, level), POLICY)
    at = ZERO + timedelta(minutes=minutes)
    raised, _ = apply(clocks, happened.LevelRaised(at, 1), POLICY)
    assert raised.primary.due <= clocks.primary.due
    if clocks.primary.due >= at:
        assert raised.primary.due >= at


@given(st.integers(1, 3), STEPS)
def test_the_next_look_is_never_too_late(level: int, steps: list[tuple[int, object, int]]) -> None:
    clocks, _ = tell(level, story(level, steps), [])
    look = next_look(clocks, POLICY)
    before = (look or ZERO + timedelta(days=9)) - timedelta(milliseconds=1)
    last = max([ZERO, *(each.at for each in story(level, steps))])
    if before > last:
        _, events = advance(clocks, before, POLICY)
        assert events == ()


def test_a_clock_change_is_no_time() -> None:
    """Summer time begins at 01:00 UTC in Europe on this day; thirty minutes stay 1 800 seconds."""
    clocks, _ = open_clocks(happened.Opened(ZERO, ZERO, 1), POLICY)
    assert (clocks.primary.due - ZERO).total_seconds() == 1_800


def test_attainment_counts_what_is_open_and_late_and_leaves_drills_out() -> None:
    def promise(level: int, minutes: int | None, **more: bool) -> Promise:
        clocks, _ = open_clocks(happened.Opened(ZERO, ZERO, level), POLICY)
        if minutes is not None:
            at = ZERO + timedelta(minutes=minutes)
            for what in (happened.Started(at), happened.Protected(at)):
                clocks, _ = apply(clocks, what, POLICY)
        return Promise(clocks.primary, **more)

    promises = [promise(1, 10), promise(1, 20), promise(1, 40), promise(1, None), promise(1, 50, is_excluded=True)]
    found = attainment(promises, since=ZERO, until=ZERO + timedelta(days=1), now=ZERO + timedelta(hours=2))
    assert (found.n, found.met, found.breached, found.gross) == (4, 2, 2, 0.5)
    assert (found.p50, found.longest) == (timedelta(minutes=20), timedelta(minutes=40))
