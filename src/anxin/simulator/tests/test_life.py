from __future__ import annotations

from collections import defaultdict

import pytest

from anxin.simulator.ordinary.lookalikes import VARIANTS
from anxin.simulator.places import PROVINCES
from anxin.simulator.simulator import START_AT
from anxin.simulator.tests.streams import decoder, mixed
from anxin.simulator.timeline import DAY_MS, HOUR_MS, busyness, is_weekend, local_hour, next_local_hour, sale_peaks
from anxin.simulator.world import World

RARE = {"enterprise_buyer", "house_move", "family_gifts", "group_purchase", "promotion_stand", "party_settlement"}
MIDNIGHT = START_AT


@pytest.fixture(scope="module")
def world() -> World:
    return World("1", users=3_000, start_at=START_AT)


def sharing(field: str, prefix: str = "") -> list[int]:
    actors: dict[str, set[str]] = defaultdict(set)
    for item in mixed():
        value = item.event.get(field)
        if item.label.scenario == "ordinary" and isinstance(value, str) and value.startswith(prefix):
            actors[value].add(item.event.get("actor_id", ""))
    return sorted((len(each) for each in actors.values()), reverse=True)


def test_families_share_devices_addresses_and_cards(world: World) -> None:
    owners: dict[str, int] = defaultdict(int)
    for user in world.users:
        for thing in (*user.devices, *user.addresses, *user.cards):
            owners[getattr(thing, "id", None) or thing.token] += 1
    for prefix in ("dev_", "pm_", f"addr_{world.users[0].id[5:9]}"):
        shared = [count for token, count in owners.items() if token.startswith(prefix) and count > 1]
        assert len(shared) > 100
        assert max(shared) <= 4


def test_dormitories_and_stations_are_shared_widely_and_exempt(world: World) -> None:
    exempt = world.exemptions()
    assert max(sharing("addr_token", "addr_dorm")) >= 12
    assert max(sharing("addr_token", "addr_pickup")) >= 12
    assert {a.token for a in (*world.population.dormitories, *world.population.stations)} <= set(
        exempt.shared_addresses
    )
    assert all(exempt.lists().values())


def test_phones_of_a_carrier_come_out_of_few_addresses() -> None:
    assert sharing("ip", "100.")[20] > 2 * sharing("ip", "10.")[20]


def test_life_spans_the_country_platforms_lines_terminals_and_currencies() -> None:
    events = [item.event for item in mixed()]
    assert len({e.get("region") for e in events} & {p.code for p in PROVINCES}) >= 20
    assert {e["platform"] for e in events} == {"mall", "social", "local"}
    assert {e.get("business_line") for e in events} >= {"goods", "social", "local_life"}
    assert {e.get("terminal") for e in events} >= {"ios", "android", "web", "mini_program"}
    money = [e["currency"] for e in events if "currency" in e]
    assert 0.9 < money.count("CNY") / len(money) < 0.99
    assert set(money) == {"CNY", "EUR"}


def test_life_shows_most_event_types_and_all_lookalikes() -> None:
    seen = {item.event["event_type"] for item in mixed()}
    assert len(seen) > 80
    assert seen <= set(decoder().schema.events)
    assert {item.label.variant for item in mixed() if item.label.variant} >= set(VARIANTS) - RARE


def test_personal_values_are_synthetic() -> None:
    for item in mixed():
        event = item.event
        assert event.get("phone", "+86154").startswith("+86154")
        assert event.get("email", "@mail.example").endswith("@mail.example")
        first = event.get("ip", "10.").split(".")[0]
        assert first in ("10", "100", "172", "192", "198", "203")


def test_orders_are_paid_shipped_delivered_and_received_in_that_order() -> None:
    steps: dict[str, list[str]] = defaultdict(list)
    for item in sorted(mixed(), key=lambda each: each.event["occurred_at"]):
        if item.label.scenario == "ordinary" and not item.is_retry and "order_id" in item.event:
            steps[item.event["order_id"]].append(item.event["event_type"])
    wanted = ["order.created", "payment.attempted", "order.paid", "order.shipped", "order.delivered"]
    whole = [kinds for kinds in steps.values() if kinds[0] == "order.created" and len(kinds) > 4]
    assert len(whole) > 50
    for kinds in whole:
        places = [kinds.index(kind) for kind in wanted if kind in kinds]
        assert places == sorted(places)


@pytest.mark.parametrize(("hours", "expected"), [(0, 0), (7.5, 7), (23.99, 23), (24, 0)])
def test_local_hours_are_those_of_shanghai(hours: float, expected: int) -> None:
    assert local_hour(MIDNIGHT + int(hours * HOUR_MS)) == expected


def test_weekends_and_sale_days_are_known() -> None:
    assert [is_weekend(MIDNIGHT + day * DAY_MS) for day in range(7)] == [True, *[False] * 5, True]
    (first, second) = sale_peaks(MIDNIGHT + 9 * DAY_MS, 1)
    assert first.from_at == MIDNIGHT + 10 * DAY_MS
    assert second.from_at == MIDNIGHT + 10 * DAY_MS + 20 * HOUR_MS
    assert busyness(second.from_at, (second,)) == 5 * busyness(second.from_at)


@pytest.mark.parametrize(("hour", "hours", "expected"), [(5, range(1, 4), 25), (2, range(1, 4), 2), (9, range(24), 9)])
def test_next_local_hour_waits_for_the_hours(hour: int, hours: range, expected: int) -> None:
    assert next_local_hour(MIDNIGHT + hour * HOUR_MS, hours) == MIDNIGHT + expected * HOUR_MS
