"""People and things on the screen: doors, one audit entry a view, nothing personal in addresses, nothing executed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from anxin.desk.decisioning.conftest import Night, count_queries, event, order
from anxin.desk.decisioning.decisions.models import Entity
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.organisations.models import Organisation

SignIn = Callable[..., Client]
PHONE, MAIL, IP = "13800138000", "li.lei@example.com", "203.0.113.77"
SCRIPT = "<script>alert(1)</script>{{7*7}}{% now %}{x}"
CHANGING = re.compile(r'(csrf\w*" value="|X-CSRFToken": ")[^"]+|data-cursor="\d*"|value="/[^"]*"')


@pytest.fixture
def told(night: Night) -> Night:
    """A night in which u1 signs in from Guangdong on a new device and pays with a card that u2 uses as well."""
    place = {"ip": IP, "ip_country": "CN", "ip_province": "440000", "ip_city": "深圳"}
    night.happened(
        event(1, "account.login", phone=PHONE, email=MAIL, device_id="d0", **place),
        event(2, "account.login", new_device=True, device_id="d9", **place),
        *(event(number, pm_token="c1", device_id="d9") for number in range(3, 7)),
        event(7, user="u2", pm_token="c1", device_id="d9"),
        event(8, "message.sent", text="加我微信 13800138000", to_id="u2"),
        order("hold.place", 9, entity_kind="user", entity_id="u1", verdict="freeze", measure="m1", reason="scam"),
    )
    return night


def token_of(kind: str) -> str:
    """Return the key of the only entity of a kind."""
    return Entity.objects.get(kind=kind).key


def search(client: Client, query: str) -> str:
    """Search, and return the page that it leads to."""
    answer = client.post("/entities/search/", {"query": query})
    assert answer.status_code == 302
    return answer.url


def views() -> list[dict[str, str]]:
    """Return the details of all recorded views."""
    return [json.loads(each.details) for each in AuditEntry.objects.filter(act="entity.view").order_by("seq")]


DOORS = [
    ("get", "/entities/"),
    ("post", "/entities/search/"),
    ("get", "/entities/user/u1/"),
    ("get", "/entities/user/u1/story/"),
    ("get", "/entities/user/u1/links/"),
    ("get", "/entities/user/u1/compare/"),
    ("post", "/entities/user/u1/compare/"),
    ("get", "/entities/user/u1/compare/user/u2/"),
    ("post", "/entities/{phone}/reveal/"),
]


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_every_door(told: Night, other_night: Night, sign_in: SignIn, method: str, path: str) -> None:
    other_night.happened(event(1, user="theirs"))
    path = path.replace("{phone}", f"phone/{token_of('phone')}")
    given = {"query": "u2", "purpose": "call_back"} if method == "post" else {}
    stranger = getattr(Client(), method)(path, given)
    assert (stranger.status_code, stranger.url.split("?")[0]) == (302, "/accounts/login/")
    without = getattr(sign_in("administrator"), method)(path, given)
    assert without.status_code == 403
    assert b"trust and safety specialist" in without.content
    assert getattr(sign_in("specialist"), method)(path, given).status_code in (200, 302)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/entities/user/{}/"),
        ("get", "/entities/user/{}/story/"),
        ("get", "/entities/user/{}/links/"),
        ("get", "/entities/user/{}/compare/"),
        ("get", "/entities/user/{}/compare/user/u1/"),
        ("get", "/entities/user/u1/compare/user/{}/"),
        ("post", "/entities/user/{}/reveal/"),
        ("get", "/entities/found/{}/"),
    ],
)
def test_what_is_another_organisations_is_as_absent_as_nothing(
    told: Night, other_night: Night, sign_in: SignIn, method: str, path: str
) -> None:
    other_night.happened(event(1, user="theirs", device_id="d8"))
    client = sign_in("specialist")
    foreign = getattr(client, method)(path.format("theirs"))
    absent = getattr(client, method)(path.format("nobody"))
    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert CHANGING.sub("", foreign.content.decode()) == CHANGING.sub("", absent.content.decode())
    assert views() == []


@pytest.mark.parametrize(
    "path", ["/entities/user/~!/", "/entities/user/~AAA/", "/entities/User/u1/", "/entities/user/..%2f/"]
)
def test_what_is_no_address_is_absent(told: Night, sign_in: SignIn, path: str) -> None:
    assert sign_in("specialist").get(path).status_code == 404


def test_a_view_is_recorded_exactly_once(told: Night, sign_in: SignIn) -> None:
    client = sign_in("specialist")
    for path in ("/entities/user/u1/", "/entities/user/u1/story/", "/entities/user/u1/links/?x=1"):
        assert client.get(path).status_code == 200
    assert views() == [{"case": "", "entity": "user:u1"}]
    client.get("/entities/user/u1/")
    assert len(views()) == 2
    assert "looked at 2 times (specialist)" in client.get("/entities/user/u1/story/").content.decode()


@pytest.mark.parametrize("part", ["story/", "links/", "compare/", "compare/user/u2/"])
def test_whoever_goes_straight_to_a_part_has_looked(told: Night, sign_in: SignIn, part: str) -> None:
    client = sign_in("specialist")
    client.get(f"/entities/user/u1/{part}", headers={"hx-request": "true"})
    assert {"case": "", "entity": "user:u1"} in views()


def test_the_page_says_who_where_and_how_risky(told: Night, sign_in: SignIn) -> None:
    page = sign_in("specialist").get("/entities/user/u1/", headers={"accept-language": "zh"}).content.decode()
    for words in (
        "极高风险",
        "广东 深圳",
        "新设备",
        "生效中的措施",
        "scam",
        "登录",
        "尝试支付 · 320.00 元 · 暂缓",
        "同现",
    ):
        assert words in page
    assert "138****8000" in page
    english = sign_in("shift_lead").get("/entities/user/u1/").content.decode()
    for words in ("critical risk", "Guangdong 深圳", "new device", "Measures and lists in force", "signed in"):
        assert words in english
    assert not any(clear in page + english for clear in (PHONE, MAIL, IP))


@pytest.mark.parametrize("role", ["service_agent", "mentor", "risk_analyst", "auditor", "specialist"])
def test_nobody_sees_a_personal_value_in_clear(told: Night, sign_in: SignIn, role: str) -> None:
    client = sign_in(role)
    pages = [client.get(path).content.decode() for path in ("/entities/user/u1/", "/entities/user/u1/links/")]
    pages += [client.get(search(client, query)).content.decode() for query in (PHONE, MAIL, IP, "加我微信")]
    assert [clear for clear in (PHONE, MAIL, IP) for page in pages if clear in page] == []


@pytest.mark.parametrize(
    ("query", "said", "label"),
    [
        ("u1", "Looked for the id: u1", "<strong>u1</strong>"),
        ("138 0013 8000", "Looked for the phone number: 138****8000", "138****8000"),
        (MAIL, "Looked for the e-mail address: l***@example.com", "l***@example.com"),
        (IP, "Looked for the IP address: 203.0.*.*", "203.0.*.*"),
        ("加我微信", "Looked for the words of a text: 加我微信", "message sent"),
        ("e3", "Looked for the id: e3", "payment attempted"),
        ("nobody", "Looked for the id: nobody", "Nothing was found"),
    ],
)
def test_search_says_what_it_took_it_for(told: Night, sign_in: SignIn, query: str, said: str, label: str) -> None:
    client = sign_in("specialist")
    href = search(client, query)
    assert re.fullmatch(r"/entities/found/[\w-]{12}/", href)
    page = client.get(href).content.decode()
    assert said in page
    assert label in page
    (entry,) = AuditEntry.objects.filter(act="entity.search")
    assert query not in entry.details + entry.object_id


def test_a_search_belongs_to_its_session(told: Night, sign_in: SignIn) -> None:
    href = search(sign_in("specialist"), PHONE)
    assert sign_in("shift_lead").get(href).status_code == 404


@pytest.mark.parametrize("query", ["", " ", "x" * 201, "a\x00b"])
def test_a_wrong_query_is_said_in_place(told: Night, sign_in: SignIn, query: str) -> None:
    answer = sign_in("specialist").post("/entities/search/", {"query": query})
    assert answer.status_code == 422
    assert b"field-error" in answer.content
    assert AuditEntry.objects.filter(act="entity.search").count() == 0


def test_a_phone_is_revealed_with_a_purpose(told: Night, sign_in: SignIn) -> None:
    client, href = sign_in("specialist"), f"/entities/phone/{token_of('phone')}/reveal/"
    hx = {"hx-request": "true"}
    refused = client.post(href, {}, headers=hx)
    assert (refused.status_code, b"Choose the purpose" in refused.content) == (422, True)
    assert AuditEntry.objects.filter(act="field.reveal").count() == 0
    shown = client.post(href, {"purpose": "call_back"}, headers=hx)
    assert (shown.status_code, shown["Cache-Control"]) == (200, "no-store")
    assert "+8613800138000" in shown.content.decode()
    assert 'data-seconds="60"' in shown.content.decode()
    assert AuditEntry.objects.filter(act="field.reveal").count() == 1


@pytest.mark.parametrize(("role", "sentence"), [("service_agent", b"needs a case"), ("auditor", b"masked only")])
def test_a_refused_reveal_says_why_in_its_place(told: Night, sign_in: SignIn, role: str, sentence: bytes) -> None:
    href = f"/entities/phone/{token_of('phone')}/reveal/"
    answer = sign_in(role).post(href, {"purpose": "call_back"}, headers={"hx-request": "true"})
    assert (answer.status_code, sentence in answer.content) == (422, True)
    assert PHONE not in answer.content.decode()
    assert AuditEntry.objects.filter(act="field.reveal").count() == 0


def test_two_people_are_shown_side_by_side(told: Night, sign_in: SignIn) -> None:
    client = sign_in("specialist")
    chosen = client.post("/entities/user/u1/compare/", {"query": "u2"})
    assert chosen.url == "/entities/user/u1/compare/user/u2/"
    page = client.get(chosen.url).content.decode()
    assert "They share" in page
    assert ">d9<" in page
    assert "differs" in page
    missing = client.post("/entities/user/u1/compare/", {"query": "nobody"})
    assert (missing.status_code, b"Nothing to compare" in missing.content) == (422, True)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("strand=payment", 200),
        ("strand=what", 422),
        ("verdict=hold", 200),
        ("verdict=HOLD", 422),
        ("cursor=what", 422),
        ("since=2026-11-21&until=2026-11-21", 200),
        ("since=2026-13-41", 422),
        ("line=goods&region=310000", 200),
    ],
)
def test_the_story_is_filtered(told: Night, sign_in: SignIn, query: str, status: int) -> None:
    assert sign_in("specialist").get(f"/entities/user/u1/story/?{query}").status_code == status


def test_filters_and_pages_of_a_story(night: Night, sign_in: SignIn) -> None:
    night.happened(
        event(0, "account.login"), *(event(number, "order.created", order_id="o1") for number in range(1, 60))
    )
    client = sign_in("specialist")
    page = client.get("/entities/user/u1/").content.decode()
    assert page.count('<li class="timeline-entry') == 50
    (earlier,) = re.findall(r'href="(/entities/user/u1/story/\?cursor=[^"]+)"', page)
    rest = client.get(earlier).content.decode()
    assert rest.count('<li class="timeline-entry') == 10
    assert "signed in" in rest
    only = client.get("/entities/user/u1/story/?strand=sign_in").content.decode()
    assert only.count('<li class="timeline-entry') == 1


SCRIPTED = {
    "user": ("payment.attempted", ()),
    "payment": (
        "payment.attempted",
        (
            "device_id",
            "pm_token",
            "order_id",
            "ip_city",
            "platform",
            "terminal",
            "business_line",
            "region",
            "session_id",
            "reason_note",
        ),
    ),
    "message": ("message.sent", ("text",)),
}


@pytest.mark.parametrize("name", SCRIPTED)
def test_script_in_any_field_is_shown_as_text(night: Night, sign_in: SignIn, name: str) -> None:
    kind, fields = SCRIPTED[name]
    given = dict.fromkeys(fields, SCRIPT)
    user = SCRIPT if name == "user" else "u1"
    night.happened(event(1, kind, user=user, **given), event(2, kind, user=user, **given))
    client = sign_in("specialist")
    paths = [
        reverse("entity", args=["user", user]),
        reverse("entity_links", args=["user", user]),
        "/decisions/",
        "/decisions/2/",
    ]
    paths += [reverse("entity", args=[row.kind, row.key]) for row in Entity.objects.all()]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, path
        page = answer.content.decode()
        assert "<script>alert" not in page
        assert "49" not in re.findall(r"alert\(1\)[^<]{0,40}", page)
    assert "<script>alert" not in client.get(search(client, SCRIPT)).content.decode()


def test_rules_are_called_by_their_titles(told: Night, sign_in: SignIn) -> None:
    client = sign_in("specialist")
    page = client.get("/entities/user/u1/", headers={"accept-language": "en"}).content.decode()
    assert "held (Many payments TXN_MANY)" in page
    told_of = client.get("/entities/user/u1/story/", headers={"accept-language": "zh"}).content.decode()
    assert "频繁支付 TXN_MANY" in told_of


@pytest.mark.parametrize(
    ("path", "count"),
    [("/entities/", 4), ("/entities/user/u1/", 40), ("/entities/user/u1/links/", 18), ("/entities/user/u1/story/", 22)],
)
def test_queries_are_counted(told: Night, sign_in: SignIn, path: str, count: int) -> None:
    client = sign_in("specialist")
    client.get(path)
    assert count_queries(lambda: client.get(path)) == count


def test_other_organisation_is_not_found_by_search(
    told: Night, other_night: Night, sign_in: SignIn, other_organisation: Organisation
) -> None:
    client = sign_in("specialist", username="theirs", to=other_organisation)
    other_night.happened(event(1, user="theirs"))
    assert b"Nothing was found" in client.get(search(client, PHONE)).content
    assert b"Nothing was found" in client.get(search(client, "u1")).content


def test_the_open_story_is_fetched_again_only_when_something_is_newer(told: Night, sign_in: SignIn) -> None:
    client = sign_in("specialist")
    page = client.get("/entities/user/u1/").content.decode()
    (newer,) = re.findall(r'hx-get="(/entities/user/u1/story/\?seen=\d+)"', page)
    assert client.get(newer).status_code == 204
    assert client.get("/entities/user/u1/story/?seen=1").status_code == 200
