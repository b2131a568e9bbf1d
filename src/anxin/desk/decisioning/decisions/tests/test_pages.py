"""Decisions on the screen: doors, what is explained, replay, reveal, export, nothing executed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils.translation import override

from anxin.desk.conftest import NIGHT
from anxin.desk.decisioning.conftest import Night, count_queries, event, order
from anxin.desk.decisioning.decisions.actions import export_pseudonyms
from anxin.desk.decisioning.decisions.models import Decision
from anxin.desk.decisioning.decisions.queries import DecisionFilter
from anxin.desk.decisioning.decisions.wording import window_words
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.permissions.authority import Forbidden

SignIn = Callable[..., Client]
PHONE, MAIL, IP = "13800138000", "li.lei@example.com", "203.0.113.77"
CHANGING = re.compile(r'(csrf\w*" value="|X-CSRFToken": ")[^"]+|data-cursor="\d*"|value="/[^"]*"')
HX = {"hx-request": "true"}


@pytest.fixture
def told(night: Night) -> Night:
    """A night of four payments, of which the last two are held."""
    personal = {"phone": PHONE, "email": MAIL, "ip": IP}
    night.happened(*(event(number, pm_token="c1", **personal) for number in range(4)))
    return night


DOORS = [
    ("get", "/decisions/", "administrator", "specialist"),
    ("get", "/decisions/5/", "administrator", "specialist"),
    ("post", "/decisions/5/replay/", "service_agent", "specialist"),
    ("post", "/decisions/5/reveal/phone/", "administrator", "specialist"),
    ("post", "/decisions/export/", "specialist", "risk_analyst"),
]


@pytest.mark.parametrize(("method", "path", "without", "able"), DOORS)
def test_every_door(told: Night, sign_in: SignIn, method: str, path: str, without: str, able: str) -> None:
    given = {"purpose": "call_back"} if method == "post" else {}
    stranger = getattr(Client(), method)(path, given)
    assert (stranger.status_code, stranger.url.split("?")[0]) == (302, "/accounts/login/")
    refused = getattr(sign_in(without), method)(path, given)
    assert (refused.status_code, b"These can:" in refused.content) == (403, True)
    assert getattr(sign_in(able), method)(path, given).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [("get", "/decisions/{}/"), ("post", "/decisions/{}/replay/"), ("post", "/decisions/{}/reveal/phone/")],
)
def test_what_is_another_organisations_is_as_absent_as_nothing(
    night: Night, other_night: Night, sign_in: SignIn, method: str, path: str
) -> None:
    night.happened(event(1))
    other_night.happened(*(event(number, phone=PHONE) for number in range(5)))
    client = sign_in("specialist")
    foreign, absent = (getattr(client, method)(path.format(seq)) for seq in (5, 999_999_999_999))
    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert CHANGING.sub("", foreign.content.decode()) == CHANGING.sub("", absent.content.decode())
    assert client.get("/decisions/9999999999999999999999/").status_code == 404
    assert 'decision-id">e4<' not in client.get("/decisions/").content.decode()


def test_a_decision_is_explained(told: Night, sign_in: SignIn) -> None:
    page = sign_in("specialist").get("/decisions/5/", headers={"accept-language": "zh"}).content.decode()
    for words in (
        "尝试支付 · 320.00 元",
        "暂缓",
        "一小时内支付 4 次",
        "频繁支付",
        "盗刷卡",
        "未触发",
        "一小时支付次数",
        "1小时",
    ):
        assert words in page
    for words in ("night@3", "138****8000", "l***@example.com", "最小改变即会触发", "还没有定性"):
        assert words in page
    assert not any(clear in page for clear in (PHONE, MAIL, IP))
    (entry,) = AuditEntry.objects.filter(act="decision.view")
    assert (entry.object_id, entry.details) == ("e3", '{"case":"","seq":5}')


def test_what_nearly_fired_says_the_smallest_change(told: Night, sign_in: SignIn) -> None:
    page = sign_in("specialist").get("/decisions/3/").content.decode()
    assert "The smallest change that fires it:" in page
    assert "(checked)" in page
    assert "No rule fired" in page


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "zh",
            (
                "支付工具在名单“盗刷卡”上",
                "用户上有生效中的措施：冻结账号",
                "当时生效的措施：冻结账号。",
                '<td class="is-minor">用户<',
            ),
        ),
        (
            "en",
            (
                "payment method is on the list “stolen cards”",
                "a measure is in force on the user: Freeze the account",
                "Measures in force then: Freeze the account.",
                '<td class="is-minor">user<',
            ),
        ),
    ],
)
def test_lists_measures_and_kinds_are_named_in_words(
    night: Night, sign_in: SignIn, language: str, said: tuple[str, ...]
) -> None:
    night.happened(
        order("list.put", 1, list="stolen_cards", entry={"value": "c9", "reason": "reported"}),
        order(
            "hold.place", 2, entity_kind="user", entity_id="u1", verdict="freeze", measure="freeze_account", reason="x"
        ),
        event(3, pm_token="c9"),
    )
    client, wanted = sign_in("specialist"), {"accept-language": language}
    seq = Decision.objects.values_list("pk", flat=True).get() & (1 << 40) - 1
    page = client.get(f"/decisions/{seq}/", headers=wanted).content.decode()
    page += client.post(f"/decisions/{seq}/replay/", headers=wanted).content.decode()
    assert [each for each in said if each not in page] == []


def test_a_feature_that_was_missing_is_named_in_words(night: Night, sign_in: SignIn) -> None:
    night.happened(event(1, actor_id=None))
    seq = Decision.objects.values_list("pk", flat=True).get() & (1 << 40) - 1
    page = sign_in("specialist").get(f"/decisions/{seq}/", headers={"accept-language": "zh"}).content.decode()
    assert "缺少数据：一小时支付次数" in page


@pytest.mark.parametrize(("window_ms", "said"), [(0, "ever"), (3_600_000, "1 h"), (None, "—")])
def test_a_window_without_end_is_not_one_of_no_length(window_ms: int | None, said: str) -> None:
    with override("en"):
        assert window_words(window_ms) == said


def test_replay_says_equal(told: Night, sign_in: SignIn) -> None:
    answer = sign_in("specialist").post("/decisions/5/replay/", headers=HX)
    assert b"Replayed: equal" in answer.content
    assert b"<html" not in answer.content
    assert b"<html" in sign_in("auditor").post("/decisions/5/replay/").content


def test_a_field_is_revealed_with_a_purpose(told: Night, sign_in: SignIn) -> None:
    client = sign_in("specialist")
    refused = client.post("/decisions/5/reveal/email/", {"purpose": "curiosity"}, headers=HX)
    assert (refused.status_code, b"Choose the purpose" in refused.content) == (422, True)
    assert MAIL not in refused.content.decode()
    shown = client.post("/decisions/5/reveal/email/", {"purpose": "handle_case"}, headers=HX)
    assert (shown.status_code, shown["Cache-Control"], MAIL in shown.content.decode()) == (200, "no-store", True)
    (entry,) = AuditEntry.objects.filter(act="field.reveal")
    assert (entry.object_kind, entry.object_id) == ("decision", "e3")
    for path in ("amount", "nothing", "user_agent"):
        assert client.post(f"/decisions/5/reveal/{path}/", {"purpose": "handle_case"}).status_code == 404


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["e3", "e2", "e1", "e0"]),
        ("verdict=hold", ["e3", "e2"]),
        ("rule=TXN_MANY", ["e3", "e2"]),
        ("rule=TXN_NONE", []),
        ("event_type=payment.attempted&verdict=allow", ["e1", "e0"]),
        ("event_type=account.login", []),
        ("line=goods&region=310000&platform=mall", ["e3", "e2", "e1", "e0"]),
        ("line=social", []),
        ("region=440000", []),
        ("since=2026-11-22&until=2026-11-22", ["e3", "e2", "e1", "e0"]),
        ("since=2026-11-23", []),
        ("until=2026-11-21", []),
    ],
)
def test_the_list_is_narrowed(told: Night, sign_in: SignIn, query: str, shown: list[str]) -> None:
    page = sign_in("specialist").get(f"/decisions/?{query}").content.decode()
    assert re.findall(r'decision-id">(\w+)<', page) == shown
    assert ("No decision matches" in page) is (not shown)


@pytest.mark.parametrize("query", ["verdict=what", "since=what", "until=2026-02-31", "cursor=what", "since=0001-01-01"])
def test_a_wrong_filter_is_refused(told: Night, sign_in: SignIn, query: str) -> None:
    assert sign_in("specialist").get(f"/decisions/?{query}").status_code == 422


def test_the_list_has_pages_of_200(night: Night, sign_in: SignIn) -> None:
    night.happened(*(event(number, "account.login") for number in range(230)))
    client = sign_in("specialist")
    first = client.get("/decisions/").content.decode()
    assert first.count("<tr data-row>") == 200
    assert 'data-live-topic="decisions"' in first
    (onward,) = re.findall(r'rel="next" href="([^"]+)"', first)
    rest = client.get("/decisions/" + onward).content.decode()
    assert rest.count("<tr data-row>") == 30
    assert 'data-live-topic="decisions"' not in rest


def test_an_empty_list_says_how_to_fill_it(sign_in: SignIn) -> None:
    assert b"Send events to the gateway" in sign_in("specialist").get("/decisions/").content


def test_an_export_names_nobody(told: Night, sign_in: SignIn) -> None:
    client = sign_in("risk_analyst")
    files = [client.post("/decisions/export/?verdict=hold").content.decode() for _ in range(2)]
    tables = [list(csv.DictReader(io.StringIO(each.lstrip("\ufeff")))) for each in files]
    for text in files:
        assert [
            clear for clear in (PHONE, MAIL, IP, "u1", "d-u1", "c1", "e3") if re.search(rf"\b{clear}\b", text)
        ] == []
    assert [len(table) for table in tables] == [2, 2]
    one, other = ({row[name] for row in table for name in ("decision", "user", "device", "card")} for table in tables)
    assert (len(one), one & other) == (5, set())
    assert {row["hour"] for row in tables[0]} == {"2026-11-21T19:00Z"}
    entries = AuditEntry.objects.filter(act="data.export_pseudonyms").values_list("details", flat=True)
    assert list(entries) == ['{"n":2}', '{"n":2}']


def test_an_export_is_the_same_under_the_same_secret(told: Night, actor: Callable[..., Actor]) -> None:
    by = actor("risk_analyst")
    rows = [export_pseudonyms(DecisionFilter(), by=by, at=NIGHT, secret=bytes(32)) for _ in range(2)]
    assert rows[0] == rows[1]
    assert [row.decision for row in rows[0]] == sorted(row.decision for row in rows[0])
    with pytest.raises(Forbidden):
        export_pseudonyms(DecisionFilter(), by=actor("specialist"), at=NIGHT)


def test_an_export_does_not_calculate(night: Night, sign_in: SignIn) -> None:
    night.happened(event(1, platform="=1+1", terminal="@x"))
    text = sign_in("risk_analyst").post("/decisions/export/").content.decode()
    assert "'=1+1" in text
    assert "'@x" in text


@pytest.mark.parametrize(("path", "count"), [("/decisions/", 10), ("/decisions/5/", 19)])
def test_queries_are_counted(told: Night, sign_in: SignIn, path: str, count: int) -> None:
    client = sign_in("specialist")
    client.get(path)
    assert count_queries(lambda: client.get(path)) == count


def test_what_was_erased_says_so(told: Night, sign_in: SignIn) -> None:
    Decision.objects.filter(event_id="e3").update(policy="gone@1")
    page = sign_in("specialist").get("/decisions/5/").content.decode()
    assert "no longer in the log" in page
