from __future__ import annotations

import ipaddress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anxin.engine.lists.entry import Entry, EntryKind, ListEntryInvalid
from anxin.engine.lists.kinds.network import parse_v6
from anxin.engine.lists.store import ListStore, ListStoreDump

EXACT, PREFIX, NETWORK, PATTERN, DOMAIN = EntryKind


def store_of(*entries: Entry) -> ListStore:
    store = ListStore()
    for entry in entries:
        store.put("x", entry)
    return store


@pytest.mark.parametrize(
    ("kind", "value", "inside", "outside"),
    [
        (EXACT, "8a3f", ["8a3f"], ["8a3", "8a3f0", "8A3F", ""]),
        (EXACT, "4134", ["4134", 4134], [413, -4134]),
        (PREFIX, "u_9", ["u_9", "u_99"], ["u_", "xu_9"]),
        (NETWORK, "10.1.0.0/16", ["10.1.0.0", "10.1.255.255", "10.1.2.0/24"], ["10.2.0.0", "10.0.0.0/8", "10.1.2", ""]),
        (
            NETWORK,
            "203.0.113.9",
            ["203.0.113.9", "::ffff:203.0.113.9"],
            ["203.0.113.8", "203.0.113.09", "203.0.113.+9"],
        ),
        (NETWORK, "0.0.0.0/0", ["1.2.3.4"], ["::1", "1.2.3", "256.1.1.1", "1.2.3.4.5"]),
        (
            NETWORK,
            "2001:db8::/32",
            ["2001:db8::1", "2001:DB8:0:0:0:0:0:1", "2001:db8:9::/48"],
            ["2001:db9::1", "2001:db8::1::2", "1:2:3:4:5:6:7", "2001:db8::12345", "2001:db8::1%eth0"],
        ),
        (PATTERN, "加(微|薇)信?", ["请加薇信"], ["加群"]),
        (PATTERN, "^sku-[0-9]+$", ["sku-17"], ["sku-", "xsku-1"]),
        (
            DOMAIN,
            "*.Example.com.",
            ["example.com", "a.b.EXAMPLE.com", "example.com."],
            ["badexample.com", "com", "example.com.cn"],
        ),
    ],
)
def test_a_kind_matches_what_it_says(kind: EntryKind, value: str, inside: list[str | int], outside: list[str]) -> None:
    lookup = store_of(Entry(value, kind)).lookup("x")
    assert [text for text in inside if not lookup(text, 0)] == []
    assert [text for text in outside if lookup(text, 0)] == []


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (EXACT, ""),
        (EXACT, "x" * 513),
        (EXACT, "a\ud83d"),
        (PREFIX, ""),
        (NETWORK, "10.0.0.1/8"),
        (NETWORK, "fraud"),
        (PATTERN, "(a"),
        (PATTERN, "a*"),
        (PATTERN, "(?=a)b"),
        (PATTERN, "a" * 201),
        (DOMAIN, "https://a.example/x"),
        (DOMAIN, "."),
    ],
)
def test_a_malformed_value_is_refused_and_not_shown(kind: EntryKind, value: str) -> None:
    store = ListStore()
    with pytest.raises(ListEntryInvalid) as refused:
        store.put("x", Entry(value, kind))
    assert refused.value.code == "list.entry_invalid"
    assert "fraud" not in refused.value.sentence("en") + refused.value.sentence("zh")
    assert "?" not in refused.value.sentence("zh")
    assert store.names() == []


def test_a_catastrophic_pattern_stays_linear() -> None:
    lookup = store_of(Entry("(a+)+b", PATTERN)).lookup("x")
    assert not lookup("a" * 50_000, 0)


def test_many_patterns_share_groups_and_each_still_matches() -> None:
    store = store_of(*(Entry(f"([0-9]{{1,60}}k){{2}}{i}z", PATTERN) for i in range(300)))
    for i in range(0, 300, 2):
        store.remove("x", f"([0-9]{{1,60}}k){{2}}{i}z", PATTERN)
    found = [store.find("x", f"..7k88k{i}z", 0) for i in (0, 1, 128, 299)]
    assert [entry.value if entry else None for entry in found] == [
        None,
        "([0-9]{1,60}k){2}1z",
        None,
        "([0-9]{1,60}k){2}299z",
    ]


def test_a_lookup_taken_early_sees_later_changes() -> None:
    store = ListStore()
    lookup = store.lookup("later")
    assert lookup("a", 0) is False
    assert store.names() == []
    store.put("later", Entry("a"))
    assert lookup("a", 0) is True
    assert store.remove("later", "a") is True
    assert store.remove("later", "a") is False
    assert lookup("a", 0) is False


def test_an_entry_ends_at_its_expiry() -> None:
    store = store_of(
        Entry("a", expires_at=100), Entry("10.0.0.0/8", NETWORK, expires_at=100), Entry("10.9.0.0/16", NETWORK)
    )
    assert [store.contains("x", "a", t) for t in (99, 100)] == [True, False]
    assert [store.contains("x", "10.1.1.1", t) for t in (99, 100)] == [True, False]
    assert store.contains("x", "10.9.1.1", 100)
    assert store.expire(99) == 0
    assert store.expire(100) == 2
    assert [entry.value for entry in store.entries("x")] == ["10.9.0.0/16"]
    assert store.expire(100) == 0


def test_a_renewed_entry_outlives_its_first_expiry() -> None:
    store = store_of(Entry("a", expires_at=100), Entry("a", expires_at=9_000_000))
    assert store.expire(200) == 0
    assert store.contains("x", "a", 8_999_999)
    assert store.expire(9_000_000) == 1


def test_find_tells_the_most_specific_entry() -> None:
    wide = Entry("10.0.0.0/8", NETWORK, reason="hosting", added_by="lin", source="feed")
    narrow = Entry("10.9.0.0/16", NETWORK, reason="farm", added_by="wu", source="case 7", expires_at=50)
    store = store_of(wide, narrow)
    assert store.find("x", "10.9.1.1", 49) == narrow
    assert store.find("x", "10.9.1.1", 50) == wide
    assert store.find("x", "11.0.0.1", 0) is None
    assert store.find("nowhere", "10.9.1.1", 0) is None


def test_colours_belong_to_the_list() -> None:
    store = store_of(Entry("a"))
    store.define("x", "black")
    assert (store.colour("x"), store.colour("y"), store.count("x"), store.count("y")) == ("black", "grey", 1, 0)


def test_a_dump_restores_everything_and_old_lookups() -> None:
    store = store_of(
        Entry("a", reason="r", added_by="b", source="s", expires_at=7),
        Entry("u_", PREFIX),
        Entry("10.0.0.0/8", NETWORK),
        Entry("b+c", PATTERN),
        Entry("example.com", DOMAIN),
    )
    store.define("empty", "white")
    plain = msgspec.msgpack.decode(msgspec.msgpack.encode(store.dump()), type=ListStoreDump)
    other = ListStore()
    other.put("gone", Entry("z"))
    gone, lookup = other.lookup("gone"), other.lookup("x")
    other.load(plain)
    assert list(other.entries("x")) == list(store.entries("x"))
    assert other.digest() == store.digest()
    assert (gone("z", 0), lookup("a", 6), lookup("bbc", 9), other.names()) == (False, True, True, ["empty", "x"])
    assert other.expire(7) == 1


def test_a_digest_tells_content_not_order() -> None:
    entries = [Entry("a", reason="1"), Entry("b", reason="2"), Entry("a", PREFIX, reason="1")]
    forward, backward = store_of(*entries), store_of(*reversed(entries))
    assert forward.digest() == backward.digest()
    backward.put("x", Entry("b", reason="3"))
    assert forward.digest() != backward.digest()


@given(
    st.integers(0, 2**128 - 1) | st.integers(0, 2**64) | st.sampled_from([0, 1, 2**112, 2**128 - 2**64]),
    st.sampled_from(["compressed", "exploded"]),
)
def test_v6_addresses_are_read_as_written(value: int, form: str) -> None:
    address = ipaddress.IPv6Address(value)
    assert parse_v6(getattr(address, form)) == value
    assert parse_v6(getattr(address, form).upper()) == value


@given(
    st.text("0123456789abcdefg:. +_%", max_size=24)
    | st.from_regex(r"([0-9a-f]{0,5}:){2,8}[0-9a-f]{0,5}", fullmatch=True)
)
def test_what_is_no_address_is_not_read(text: str) -> None:
    try:
        expected = int(ipaddress.IPv6Address(text)) if "%" not in text else None
    except ValueError:
        expected = None
    assert parse_v6(text) == expected


addresses = st.tuples(st.integers(0, 2**32 - 1), st.sampled_from([0, 4, 8, 11, 16, 17, 24, 30, 32]))


@given(st.lists(addresses, max_size=12), st.lists(addresses, max_size=6), st.integers(0, 2**32 - 1))
def test_networks_agree_with_arithmetic(
    added: list[tuple[int, int]], removed: list[tuple[int, int]], probe: int
) -> None:
    store, kept = ListStore(), set()
    masked = [(value >> 32 - length << 32 - length, length) for value, length in added]
    for value, length in masked:
        store.put("x", Entry(f"{_dotted(value)}/{length}", NETWORK))
        kept.add((value, length))
    for value, length in [masked[value % len(masked)] for value, _ in removed if masked]:
        store.remove("x", f"{_dotted(value)}/{length}", NETWORK)
        kept.discard((value, length))
    for address in (probe, *(value | 1 for value, _ in masked)):
        expected = any(address >> 32 - length == value >> 32 - length for value, length in kept)
        assert store.contains("x", _dotted(address), 0) is expected


def _dotted(value: int) -> str:
    return ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0))
