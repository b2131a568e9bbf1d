from __future__ import annotations

from collections import Counter
from itertools import pairwise

import msgspec
import pytest

from anxin.simulator.labelled import Labelled, label_record
from anxin.simulator.scenario_catalogue import ScenarioUnknown, all_scenarios
from anxin.simulator.simulator import START_AT, Simulator, Surroundings, simulate_scenario
from anxin.simulator.tests.streams import AT, decoder, mixed
from anxin.simulator.timeline import DAY_MS, HOUR_MS, MINUTE_MS, Peak
from anxin.simulator.transport import PERFECT


def written(stream: list[Labelled]) -> bytes:
    return b"\n".join(msgspec.json.encode((item.event, label_record(item))) for item in stream)


def test_same_seed_gives_the_same_bytes() -> None:
    simulator = Simulator(11, events=3_000)
    first = written(list(simulator.stream()))
    assert written(list(simulator.stream())) == first
    assert written(list(Simulator(11, events=3_000).stream())) == first


@pytest.mark.parametrize(
    "other",
    [
        Simulator(12, events=400, scenarios=["card_testing"]),
        Simulator(11, events=401, scenarios=["card_testing"]),
        Simulator(11, events=400, scenarios=["card_testing"], attack_share=0.2),
        Simulator(11, events=400, scenarios=["card_testing:stealthy"]),
    ],
)
def test_other_arguments_share_no_event_id(other: Simulator) -> None:
    ids = {item.event["event_id"] for item in Simulator(11, events=400, scenarios=["card_testing"]).stream()}
    assert ids & {item.event["event_id"] for item in other.stream()} == set()


def test_arrivals_never_go_back_and_never_precede_the_event() -> None:
    assert all(a.arrival_at <= b.arrival_at for a, b in pairwise(mixed()))
    assert all(item.arrival_at > item.event["occurred_at"] for item in mixed())


def test_lateness_keeps_its_shares() -> None:
    delays = [item.arrival_at - item.event["occurred_at"] for item in mixed() if not item.is_retry]
    share = [sum(low < d <= high for d in delays) / len(delays) for low, high in LATENESS]
    assert share == pytest.approx([0.95, 0.045, 0.004, 0.001], abs=0.006)
    assert all(part > 0 for part in share)


LATENESS = ((0, 2_000), (2_000, 5 * MINUTE_MS), (5 * MINUTE_MS, 10 * MINUTE_MS), (10 * MINUTE_MS, HOUR_MS))


def test_only_retries_repeat_an_id_and_with_the_same_body() -> None:
    first: dict[str, dict[str, object]] = {}
    for item in mixed():
        known = first.setdefault(item.event["event_id"], item.event)
        assert (known is not item.event or not item.is_retry) or known == item.event
    retries = [item for item in mixed() if item.is_retry]
    assert len(first) == len(mixed()) - len(retries)
    assert 0.001 < len(retries) / len(mixed()) < 0.006


def test_every_event_decodes_and_has_no_field_the_catalogue_lacks() -> None:
    for item in mixed():
        received = decoder().decode(msgspec.json.encode(item.event))
        known = decoder().schema.events[received.event_type].fields
        assert set(item.event) - set(known) <= {"event_type"}


@pytest.mark.parametrize("share", [0.0, 0.015, 0.1])
def test_attacks_keep_their_share(share: float) -> None:
    stream = list(Simulator(5, events=20_000, attack_share=share).stream())
    attacks = sum(item.label.scenario != "ordinary" for item in stream)
    assert attacks / len(stream) == pytest.approx(share, abs=0.012)
    assert (attacks > 0) == (share > 0)


def test_only_the_chosen_scenarios_play() -> None:
    stream = Simulator(5, events=8_000, scenarios=["card_testing", "structuring"], attack_share=0.05).stream()
    assert {item.label.scenario for item in stream} == {"ordinary", "card_testing", "structuring"}


def test_stealthy_variants_play_only_when_asked_for() -> None:
    assert "stealthy" not in {item.label.variant for item in mixed()}
    stream = Simulator(5, events=8_000, scenarios=["card_testing:stealthy", "card_ring"], attack_share=0.05).stream()
    played = {(item.label.scenario, item.label.variant) for item in stream if item.label.scenario != "ordinary"}
    assert played == {("card_testing", "stealthy"), ("card_ring", None)}


def test_a_long_stream_plays_every_scenario() -> None:
    played = {item.label.scenario for item in Simulator(5, events=30_000, days=4, attack_share=0.12).stream()}
    assert played == {"ordinary", *all_scenarios()}


def test_a_number_of_events_spreads_over_the_days_asked_for() -> None:
    stream = list(Simulator(5, events=6_000, days=3).stream())
    assert len(stream) == 6_000
    assert stream[-1].arrival_at - START_AT == pytest.approx(3 * DAY_MS, rel=0.1)


def test_days_alone_end_the_stream() -> None:
    stream = list(Simulator(5, days=0.5, surroundings=Surroundings(daily_events=4_000)).stream())
    assert stream[0].arrival_at >= START_AT
    assert stream[-1].arrival_at < START_AT + DAY_MS // 2
    assert len(stream) == pytest.approx(2_000, rel=0.15)


def test_a_peak_is_as_much_busier_as_asked() -> None:
    noon = START_AT + 12 * HOUR_MS
    around = Surroundings(peaks=(Peak(noon, noon + HOUR_MS, 5.0),), transport=PERFECT)
    stream = Simulator(5, events=12_000, attack_share=0, surroundings=around).stream()
    hours = Counter((item.event["occurred_at"] - START_AT) // HOUR_MS for item in stream)
    assert hours[12] / hours[10] == pytest.approx(5, rel=0.25)
    assert hours[4] < hours[10] / 4


def test_a_steady_life_has_no_night() -> None:
    around = Surroundings(is_steady=True, transport=PERFECT)
    stream = Simulator(5, events=12_000, attack_share=0, surroundings=around).stream()
    hours = Counter((item.event["occurred_at"] - START_AT) // HOUR_MS for item in stream)
    assert hours[3] == pytest.approx(hours[15], rel=0.25)


def test_two_worlds_share_no_people() -> None:
    users = [{user.id for user in Simulator(seed, events=10).world.users} for seed in (1, 2)]
    assert users[0] & users[1] == set()


REVEALED = ("card_ring", "structuring")


def test_labels_become_known_days_later() -> None:
    around = Surroundings(daily_events=3_000, labels_after_days=(1.0, 2.0))
    stream = list(Simulator(5, days=4, scenarios=REVEALED, attack_share=0.05, surroundings=around).stream())
    events = {item.event["event_id"]: item.event for item in stream}
    reveals = [e for e in events.values() if e.get("labelled_event_id") or e.get("disputed_event_id")]
    assert {e["event_type"] for e in reveals} == {"label.recorded", "payment.disputed", "payment.chargeback"}
    for reveal in reveals:
        told = events.get(reveal.get("labelled_event_id") or reveal["disputed_event_id"])
        assert told is None or DAY_MS <= reveal["occurred_at"] - told["occurred_at"] <= 2 * DAY_MS


@pytest.mark.parametrize("wrong", [{"attack_share": 1.0}, {"attack_share": -0.1}, {"days": 0}, {"events": -1}])
def test_impossible_wishes_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be"):
        Simulator(1, **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "language", "sentence"),
    [
        ("xyz", "en", "There is no scenario named “xyz”. List them with anxin simulate --list."),
        ("xyz", "zh", "没有名为“xyz”的场景。用 anxin simulate --list 列出全部场景。"),
        ("card_tester", "en", "There is no scenario named “card_tester”. Did you mean card_testing?"),
        ("stuffing", "en", "There is no scenario named “stuffing”. Did you mean credential_stuffing?"),
        ("structurin:sly", "en", "There is no scenario named “structurin:sly”. Did you mean structuring:stealthy?"),
        ("structurng", "zh", "没有名为“structurng”的场景。是不是想找：structuring？"),
        ("mfa_fatigue:stealthy", "en", "There is no scenario named “mfa_fatigue:stealthy”. Did you mean mfa_fatigue?"),
    ],
)
def test_an_unknown_scenario_is_named_beside_the_nearest(name: str, language: str, sentence: str) -> None:
    with pytest.raises(ScenarioUnknown) as refused:
        simulate_scenario(name, 1, AT)
    assert refused.value.sentence(language) == sentence
