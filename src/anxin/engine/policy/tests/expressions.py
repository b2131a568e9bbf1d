"""Random well-typed expressions, and random events with missing fields, for property tests.

Strategies are made once: hypothesis looks each new one over, which takes longer than drawing from it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import strategies as st

AMOUNTS = [0, 1, 2, 100, 80_000, 300_000, 2**53]
COUNTS = [0, 1, 2, 3, 5, 2**40]
TEXTS = ["sms", "face", "", "c1", "c2", "上海", 'a"b']
INTS = ["since_login_s", "ip_asn", "geo_lat_e4", "geo_lon_e4", "tries_1h", "risky_tries_1h", "cards_24h", "few"]
MONEYS = ["amount", "paid_24h", "usual_amount", "usual_paid", "high_order"]
BOOLS = ["new_payee", "screen_sharing", "takeover", "unconfirmed"]
TEXT_NAMES = ["step_up", "pm_token", "bin"]
CHOICES = '("sms", "c1", "上海")'


@cache
def literals(kind: str) -> st.SearchStrategy[str]:
    """Return constants of a type."""
    return {
        "int": st.sampled_from(["0", "1", "2", "3", "5", "-4", "1000000"]),
        "number": st.sampled_from(["0.5", "2.25", "1e6"]),
        "money": st.sampled_from(["CNY(0)", "CNY(0.01)", "CNY(3000)", "CNY(-2)"]),
        "duration": st.sampled_from(["seconds(0)", "minutes(30)", "days(7)"]),
        "text": st.sampled_from(['"sms"', '"c1"', '"上海"', "'a\"b'"]),
        "bool": st.sampled_from(["true", "false"]),
    }[kind]


@cache
def names(kind: str) -> st.SearchStrategy[str]:
    """Return names of a type."""
    return {
        "int": st.sampled_from(INTS),
        "number": st.sampled_from(["ratio", "ratio_twice", "model_score"]),
        "money": st.sampled_from(MONEYS),
        "duration": st.sampled_from(["last_login", "patience", "age(occurred_at)"]),
        "text": st.sampled_from(TEXT_NAMES),
        "bool": st.sampled_from(BOOLS),
    }[kind]


@cache
@st.composite
def values(draw: st.DrawFn, kind: str, depth: int) -> str:
    """Return an expression of a quantity or a text."""
    form = draw(st.integers(0, 7)) if depth > 0 else draw(st.integers(0, 1))
    if form == 0:
        return draw(literals(kind))
    if form <= 2 or kind == "text":
        return draw(names(kind))
    below = depth - 1
    if form == 3:
        return f"({draw(values(kind, below))} if {draw(conditions(below))} else {draw(values(kind, below))})"
    if form == 4:
        function = draw(st.sampled_from(["min", "max"]))
        return f"{function}({draw(values(kind, below))}, {draw(values(kind, below))})"
    if form == 5:
        return draw(_odd_values(kind, below))
    operator = draw(
        st.sampled_from({"int": ["+", "-", "*", "//", "%"], "number": ["+", "-", "*", "/"]}.get(kind, ["+", "-", "%"]))
    )
    return f"({draw(values(kind, below))} {operator} {draw(values(kind, below))})"


@cache
@st.composite
def _odd_values(draw: st.DrawFn, kind: str, depth: int) -> str:
    if kind == "int":
        texts = draw(st.sampled_from(["length(step_up)", "length(device_flags)", "hour(occurred_at)", "weekday(t)"]))
        return draw(st.sampled_from([texts, f"abs({draw(values('int', depth))})", f"(-{draw(values('int', depth))})"]))
    if kind == "number":
        ratio = f"({draw(values('money', depth))} / {draw(values('money', depth))})"
        return draw(st.sampled_from([ratio, "distance_km(geo_lat_e4, geo_lon_e4, 312304, 1214737)"]))
    return f"({draw(values(kind, depth))} * {draw(values('int', depth))})"


@cache
@st.composite
def conditions(draw: st.DrawFn, depth: int) -> str:
    """Return a condition."""
    form = draw(st.integers(0, 9)) if depth > 0 else 0
    below = depth - 1
    if form <= 1:
        return draw(st.one_of(names("bool"), names("bool"), literals("bool")))
    if form == 2:
        return f"not ({draw(conditions(below))})"
    if form in (3, 4):
        word = draw(st.sampled_from(["and", "or"]))
        return f"({draw(conditions(below))} {word} {draw(conditions(below))})"
    if form == 5:
        return draw(_memberships())
    if form == 6:
        kind = draw(st.sampled_from(["int", "money", "bool"]))
        item = draw(conditions(below)) if kind == "bool" else draw(values(kind, below))
        return f"({item}) is {draw(st.sampled_from(['', 'not ']))}missing"
    if form == 7:
        test, yes, no = (draw(conditions(below)) for _ in range(3))
        return f"({yes} if {test} else {no})"
    return draw(_comparisons(below))


@cache
@st.composite
def _comparisons(draw: st.DrawFn, depth: int) -> str:
    kind = draw(st.sampled_from(["int", "number", "money", "duration", "text", "bool", "token"]))
    equality = draw(st.sampled_from(["==", "!="]))
    if kind == "token":
        return f"last_card {equality} pm_token"
    if kind in ("text", "bool"):
        left, right = (draw(values("text", depth) if kind == "text" else conditions(depth)) for _ in range(2))
        return f"(({left}) {equality} ({right}))"
    order = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    chain = f" {draw(order)} {draw(values(kind, depth))}" if draw(st.booleans()) else ""
    return f"({draw(values(kind, depth))} {draw(order)} {draw(values(kind, depth))}{chain})"


@cache
def _memberships() -> st.SearchStrategy[str]:
    return st.sampled_from(
        [
            f"step_up in {CHOICES}",
            f"pm_token not in {CHOICES}",
            "tries_1h in (1, 2)",
            "amount in (CNY(1), CNY(3000))",
            'pm_token in list("cards")',
            'ip in list("networks")',
            'phone not in list("phones")',
            'any_in(device_flags, list("flags"))',
            'any_in(device_flags, ("vpn", "rooted"))',
            '"vpn" in device_flags',
            "step_up not in device_flags",
            'matches(step_up, "^s.*s$")',
            'contains(lower(pm_token), "c")',
            'starts_with(step_up, "s")',
            'ends_with(step_up, "e")',
            "email == email",
        ]
    )


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), strategy)


def events() -> st.SearchStrategy[dict[str, Any]]:
    """Return payment events with any optional field missing."""
    flags = st.booleans()
    optional = {
        "new_payee": flags,
        "screen_sharing": flags,
        "since_login_s": st.sampled_from(COUNTS),
        "ip_asn": st.sampled_from(COUNTS),
        "geo_lat_e4": st.sampled_from([0, 312304]),
        "geo_lon_e4": st.sampled_from([0, 1214737]),
        "step_up": st.sampled_from(TEXTS),
        "pm_token": st.sampled_from(TEXTS),
        "bin": st.sampled_from(TEXTS),
        "device_flags": st.lists(st.sampled_from(["vpn", "rooted", "sms", "x"]), max_size=3),
        "ip": st.sampled_from(["10.1.2.3", "2001:db8::1"]),
        "phone": st.just("13800000000"),
        "email": st.just("A@b.cn"),
        "business_line": st.sampled_from(["goods", "local_life"]),
        "region": st.sampled_from(["31", "44"]),
    }
    fixed = {
        "event_id": st.just("e1"),
        "event_type": st.just("payment.attempted"),
        "occurred_at": st.sampled_from([1_767_268_800_000, 1_767_312_000_000]),
        "amount": st.sampled_from(AMOUNTS),
        "currency": st.sampled_from(["CNY", "CNY", "USD"]),
    }
    return st.fixed_dictionaries({**fixed, **{name: _maybe(each) for name, each in optional.items()}})


def vectors() -> st.SearchStrategy[dict[str, Any]]:
    """Return answers of the sample's features, any of them missing."""
    return st.fixed_dictionaries(
        {
            "tries_1h": _maybe(st.sampled_from(COUNTS)),
            "risky_tries_1h": _maybe(st.sampled_from(COUNTS)),
            "cards_24h": _maybe(st.sampled_from(COUNTS)),
            "paid_24h": _maybe(st.sampled_from(AMOUNTS)),
            "usual_amount": _maybe(st.sampled_from(AMOUNTS)),
            "usual_paid": _maybe(st.sampled_from([0.0, 0.5, 33.25])),
            "last_card": st.none(),
            "last_login": _maybe(st.sampled_from([0, 60_000, 10**9])),
            "takeover": _maybe(st.booleans()),
            "unconfirmed": _maybe(st.sampled_from([0, 1])),
        }
    )
