from __future__ import annotations

import msgspec
import pytest

from anxin.engine.lists.holds import Hold, HoldInvalid, HoldStore
from anxin.engine.verdict import Verdict

FREEZE = Hold("user", "u1", Verdict.FREEZE, "m1", reason="account taken over", placed_by="lin", until=100)
HOLD = Hold("user", "u1", Verdict.HOLD, "m2")


def placed(*holds: Hold) -> HoldStore:
    store = HoldStore()
    for hold in holds:
        store.place(hold)
    return store


def test_the_strongest_hold_in_force_answers() -> None:
    store = placed(HOLD, FREEZE)
    assert store.hold_for("user", "u1", 99) == FREEZE
    assert store.hold_for("user", "u1", 100) == HOLD
    assert store.hold_for("user", "u2", 0) is None
    assert store.hold_for("device", "u1", 0) is None


def test_of_equal_holds_the_longest_answers() -> None:
    longer = Hold("user", "u1", Verdict.FREEZE, "m9", until=200)
    assert placed(FREEZE, longer).hold_for("user", "u1", 50) == longer


def test_a_measure_replaces_itself_and_is_released_alone() -> None:
    store = placed(FREEZE, HOLD, Hold("user", "u1", Verdict.BLOCK, "m1"))
    assert [hold.verdict for hold in store.holds_of("user", "u1")] == [Verdict.BLOCK, Verdict.HOLD]
    assert store.release("user", "u1", "m1") == 1
    assert store.hold_for("user", "u1", 0) == HOLD
    assert store.release("user", "u1", "m1") == 0
    assert store.release("user", "u1") == 1
    assert store.has_kind("user") is False


def test_expiry_frees_only_what_ended() -> None:
    store = placed(FREEZE, HOLD)
    assert (store.expire(99), store.expire(100), store.holds_of("user", "u1")) == (0, 1, (HOLD,))


@pytest.mark.parametrize("hold", [Hold("user", "u", Verdict.ALLOW, "m"), Hold("user", "u", Verdict.HOLD, "")])
def test_a_hold_must_hold_something(hold: Hold) -> None:
    store = HoldStore()
    with pytest.raises(HoldInvalid):
        store.place(hold)
    assert store.dump() == []


def test_a_dump_restores_everything() -> None:
    store = placed(HOLD, FREEZE, Hold("device", "d", Verdict.BLOCK, "m3"))
    plain = msgspec.msgpack.decode(msgspec.msgpack.encode(store.dump()), type=list[Hold])
    other = placed(Hold("ip", "gone", Verdict.HOLD, "m"))
    other.load(plain)
    assert (other.dump(), other.digest()) == (store.dump(), store.digest())
    assert placed(FREEZE, Hold("device", "d", Verdict.BLOCK, "m3"), HOLD).digest() == store.digest()
    assert placed(FREEZE).digest() != store.digest()
