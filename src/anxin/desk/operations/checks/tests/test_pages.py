"""The box: what is recognised, what is answered, what is recorded, and what is never written down."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.operations.checks.models import CheckCorrection, CheckRun
from anxin.desk.operations.intelligence.library import forget_libraries
from anxin.desk.operations.intelligence.models import SignatureTally

SignIn = Callable[..., Client]
HX = {"hx-request": "true"}
SCAM = "您的百万保障到期了，请加客服微信 kefu88 点击 http://taoba0.com/login 关闭，电话 13800138000"
pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture(autouse=True)
def _fresh_libraries() -> Any:
    forget_libraries()
    yield
    forget_libraries()


DOORS = [("get", "/checks/"), ("post", "/checks/run/")]


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_every_door(sign_in: SignIn, method: str, path: str) -> None:
    stranger = getattr(Client(), method)(path, {"text": "110"})
    assert (stranger.status_code, stranger.url.split("?")[0]) == (302, "/accounts/login/")
    refused = getattr(sign_in("administrator"), method)(path, {"text": "110"})
    assert (refused.status_code, b"These can:" in refused.content) == (403, True)
    assert getattr(sign_in("service_agent"), method)(path, {"text": "110"}).status_code == 200
    assert CheckRun.objects.count() == (method == "post")


@pytest.mark.parametrize(
    ("pasted", "recognised", "verdict"),
    [
        ("http://taoba0.com/login", "link", "suspicious"),
        ("+86110", "telephone number", "high-risk"),
        ("http://taoba0.com/login\n+86110", "links and numbers", "high-risk"),
        ("您好，您的包裹已到", "message", "no known risk"),
    ],
)
def test_it_says_what_was_pasted_and_how_bad_it_is(sign_in: SignIn, pasted: str, recognised: str, verdict: str) -> None:
    page = sign_in("service_agent").post("/checks/run/", {"text": pasted}, headers=HX).content.decode()
    assert f"Recognised as: {recognised}" in page
    assert verdict in page
    assert "<html" not in page


def test_links_are_dead_and_nothing_is_called_safe(sign_in: SignIn) -> None:
    page = sign_in("service_agent").post("/checks/run/", {"text": SCAM}).content.decode()
    assert "hxxp[:]//taoba0[.]com/login" in page
    assert "http://taoba0" not in page
    assert "taoba0.com" not in page
    alone = sign_in("auditor").post("/checks/run/", {"text": "http://taoba0.com/login"}).content.decode()
    assert "taoba0[.]com" in alone
    assert "taoba0.com" not in alone
    assert "138****8000" in page
    quiet = sign_in("mentor").post("/checks/run/", {"text": "您好"}, headers={"accept-language": "zh"}).content.decode()
    assert "未发现已知风险，仍请在官方 App 核实。" in quiet


def test_what_was_hidden_is_shown(sign_in: SignIn) -> None:
    page = sign_in("service_agent").post("/checks/run/", {"text": "加\u200b我\u202eｗｅｉｘｉｎ"}).content.decode()
    assert "1 invisible character<" in page
    assert "1 mark that turns the writing around<" in page
    assert "6 wide letters or digits<" in page


def test_a_check_is_recorded_without_what_was_pasted(sign_in: SignIn) -> None:
    sign_in("service_agent").post("/checks/run/", {"text": SCAM})
    (row,), (entry,) = CheckRun.objects.all(), AuditEntry.objects.filter(act="check.run")
    assert (row.kind, row.verdict, len(row.digest)) == ("text", "high_risk", 32)
    assert json.loads(entry.details) == {"kind": "text", "verdict": "high_risk", "digest": row.digest}
    assert SignatureTally.objects.get(signature="").hits == 1
    with connection.cursor() as cursor:
        for table in ("checks_checkrun", "audit_auditentry", "outbox_fact", "intelligence_signaturetally"):
            cursor.execute(f"SELECT * FROM {table}")
            assert not any(clear in repr(cursor.fetchall()) for clear in ("13800138000", "taoba0", "百万保障"))


def test_a_correction_counts_once(sign_in: SignIn) -> None:
    client = sign_in("service_agent")
    client.post("/checks/run/", {"text": "110"})
    path = f"/checks/{CheckRun.objects.get().pk}/correct/"
    for _ in range(2):
        assert client.post(path, {"correction": "missed"}, headers=HX).status_code == 200
    assert CheckCorrection.objects.count() == 1
    assert SignatureTally.objects.get(signature="").missed == 1
    assert client.post(path, {"correction": "rubbish"}).status_code == 422
    assert client.post("/checks/chk_absent/correct/", {"correction": "missed"}).status_code == 404


def test_another_organisations_check_is_absent(sign_in: SignIn, other_organisation: Any) -> None:
    sign_in("service_agent").post("/checks/run/", {"text": "110"})
    path = f"/checks/{CheckRun.objects.get().pk}/correct/"
    foreign = sign_in("specialist", username="far", to=other_organisation)
    assert foreign.post(path, {"correction": "missed"}).status_code == 404
    assert CheckCorrection.objects.count() == 0


def test_a_reply_is_checked_before_it_is_sent(sign_in: SignIn) -> None:
    text = "我们保证一定能追回您的钱，请把验证码发给我，电话 13800138000"
    page = sign_in("service_agent").post("/checks/run/", {"text": text, "as": "reply"}).content.decode()
    assert "Say this instead" in page
    assert "telephone number" in page


def test_an_advertisement_is_checked_by_article(sign_in: SignIn) -> None:
    client = sign_in("service_agent")
    page = client.post("/checks/run/", {"text": "国家级品质，根治糖尿病", "as": "advertisement"}).content.decode()
    assert "Recognised as: advertisement" in page
    assert "Medical claim (广告法第十六、十七、十八条)" in page
    assert "Take it out; write a figure or the full name and year of an award." in page
    quiet = client.post("/checks/run/", {"text": "红色毛衣，羊毛 80%", "as": "advertisement"}).content.decode()
    assert "still verify in the official app" not in quiet


def test_what_happens_to_the_customer_now_comes_first(sign_in: SignIn) -> None:
    text = "我好怕，我现在正在给他转账，他让我共享屏幕"
    page = sign_in("service_agent").post("/checks/run/", {"text": text}).content.decode()
    places = [
        page.index(each) for each in ("Money is moving now", "The screen is shared now", "The customer is in distress")
    ]
    assert places == sorted(places)


def test_personal_data_is_hidden_in_three_ways(sign_in: SignIn) -> None:
    text = "请联系 13800138000"
    page = sign_in("service_agent").post("/checks/run/", {"text": text, "as": "personal_data"}).content.decode()
    assert "请联系 138****8000" in page
    assert "请联系 &lt;phone&gt;" in page
    assert "13800138000" not in page


@pytest.mark.parametrize(
    ("pasted", "status"),
    [
        ("", 422),
        (" \n ", 422),
        ("a" * 1_000_000, 200),
        ("\u202egnp.exe", 200),
        ("\n".join(f"http://a{n}.example/" for n in range(3_000)), 200),
        ("http://a.example/ " * 5_000, 200),
        ("%25" * 20_000, 200),
        ("加" * 100_000, 200),
        ("\x00\x00a", 200),
    ],
)
def test_bad_input_is_answered(sign_in: SignIn, pasted: str, status: int) -> None:
    answer = sign_in("service_agent").post("/checks/run/", {"text": pasted}, headers=HX)
    assert answer.status_code == status
    assert CheckRun.objects.count() == (status == 200)
    assert b"http://" not in answer.content


def test_invalid_utf_8_is_answered(sign_in: SignIn) -> None:
    answer = sign_in("service_agent").post(
        "/checks/run/", b"text=%ff%fe%c3(&as=check", content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 200


def test_another_system_asks_by_api(sign_in: SignIn) -> None:
    client = sign_in("specialist")
    answer = client.post("/api/v1/checks", {"text": "http://taoba0.com/login"}, content_type="application/json")
    body = answer.json()
    assert (answer.status_code, body["kind"], body["verdict"], body["says"]["zh"]) == (
        200,
        "link",
        "suspicious",
        "可疑",
    )
    assert body["findings"][0]["facts"]["defanged"] == "hxxp[:]//taoba0[.]com/login"
    for wrong in ({"text": ""}, {"text": "x", "kind": "tea"}, {}):
        assert client.post("/api/v1/checks", wrong, content_type="application/json").status_code == 422
    assert CheckRun.objects.count() == 1


def test_queries_are_few(sign_in: SignIn, django_assert_max_num_queries: Any) -> None:
    client = sign_in("service_agent")
    client.post("/checks/run/", {"text": "110"})
    with django_assert_max_num_queries(10):
        client.get("/checks/")
    with django_assert_max_num_queries(28):
        client.post("/checks/run/", {"text": SCAM})
