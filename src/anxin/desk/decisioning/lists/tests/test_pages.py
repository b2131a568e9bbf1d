"""Lists on the screen and over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from io import BytesIO

import pytest
from django.test import Client

from anxin.desk.decisioning.conftest import Night, count_queries, event, order
from anxin.desk.decisioning.lists.models import ListChange
from anxin.desk.foundation.approvals.models import Approval
from anxin.desk.foundation.control.models import ControlOrder
from anxin.desk.foundation.organisations.models import Organisation

SignIn = Callable[..., Client]
PUT = "/lists/of/stolen_cards/put/"
FORM = {"reason": "stolen_means", "days": "30"}
pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("clock")]


def text(page: bytes) -> str:
    plain = re.sub(r"<svg.*?</svg>|<[^>]+>", " ", page.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", plain)


@pytest.fixture
def listed(night: Night) -> Night:
    """A night with one card on the list."""
    entry = {"value": "c1", "reason": "confirmed_fraud", "added_by": "lead", "source": "desk"}
    night.happened(order("list.put", 1, list="stolen_cards", entry=entry), event(2, pm_token="c1"))
    return night


def test_the_overview_names_lists_entries_and_rules(listed: Night, sign_in: SignIn) -> None:
    page = text(sign_in("specialist").get("/lists/").content)
    assert "stolen cards stolen_cards black list" in page
    assert "TXN_STOLEN" in page


def test_an_entry_is_shown_with_reason_and_end(listed: Night, sign_in: SignIn) -> None:
    page = text(sign_in("specialist").get("/lists/of/stolen_cards/").content)
    assert "c1 confirmed fraud no end lead" in page.replace("payment method ", "").replace("card ", "")


def test_a_trial_shows_each_line_and_changes_nothing(listed: Night, sign_in: SignIn) -> None:
    form = FORM | {"values": "c1\nc2\n13800138000", "dry_run": "1"}
    answer = sign_in("specialist").post(PUT, form)
    said = text(answer.content)
    assert (answer.status_code, ListChange.objects.count(), ControlOrder.objects.count()) == (200, 0, 0)
    assert "Line by line: 2 of 3 lines would be done" in said
    assert "on it already: end and reason are renewed" in said
    assert "it looks like a personal value" in said


def test_a_pasted_list_is_asked_for_agreed_and_taken_back(listed: Night, sign_in: SignIn) -> None:
    client, second = sign_in("specialist"), sign_in("shift_lead")
    answer = client.post(PUT, FORM | {"values": "c2\nc3", "note": "盗刷"}, follow=True)
    change = ListChange.objects.get()
    assert answer.redirect_chain == [(f"/lists/changes/{change.id}/", 302)]
    assert "waits for approval" in text(answer.content)
    assert second.post(f"/approvals/{Approval.objects.get().id}/approve/").status_code == 302
    assert [each.kind for each in ControlOrder.objects.all()] == ["list.put", "list.put"]
    answer = client.post(f"/lists/changes/{change.id}/undo/", follow=True)
    assert "taken back" in text(answer.content)
    assert [each.kind for each in ControlOrder.objects.order_by("seq")][2:] == ["list.remove", "list.remove"]


def test_a_csv_file_is_read(listed: Night, sign_in: SignIn) -> None:
    file = BytesIO("\ufeffvalue,days,reason\nc7,7,confirmed_fraud\n".encode())
    file.name = "cards.csv"
    sign_in("specialist").post(PUT, FORM | {"file": file})
    item = ListChange.objects.get().items.get()
    assert (item.key, item.days, item.reason) == ("c7", 7, "confirmed_fraud")


@pytest.mark.parametrize(
    "form",
    [
        FORM | {"values": ""},
        FORM | {"values": "c1", "reason": "wrongly_listed"},
        FORM | {"values": "c1", "days": "9999"},
        FORM | {"values": "\n".join(map(str, range(1001)))},
    ],
)
def test_a_wrong_form_is_refused_with_what_was_typed(listed: Night, sign_in: SignIn, form: dict[str, str]) -> None:
    answer = sign_in("specialist").post(PUT, form)
    assert (answer.status_code, ListChange.objects.count()) == (422, 0)
    assert form["values"].split("\n")[0] in answer.content.decode()


def test_the_button_of_an_entry_leads_to_a_filled_form(listed: Night, sign_in: SignIn) -> None:
    answer = sign_in("specialist").post("/lists/of/stolen_cards/remove/", {"is_new": "1", "values": "c1"})
    assert answer.status_code == 200
    assert ">\nc1</textarea>" in answer.content.decode()


def test_from_its_own_page_a_thing_is_put_on_a_fitting_list(listed: Night, sign_in: SignIn) -> None:
    client = sign_in("specialist")
    assert b'href="/lists/put/card/c1/"' in client.get("/entities/card/c1/").content
    assert "stolen cards" in text(client.get("/lists/put/card/c1/").content)
    assert "No list fits" in text(client.get("/lists/put/user/u1/").content)
    answer = client.post("/lists/put/card/c1/", FORM | {"list_name": "stolen_cards"}, follow=True)
    assert (answer.status_code, ListChange.objects.get().list_name) == (200, "stolen_cards")


def test_the_look_up_says_who_why_and_until_when(listed: Night, sign_in: SignIn) -> None:
    client = sign_in("service_agent")
    assert "confirmed fraud" in text(client.post("/lists/lookup/", {"value": "c1"}).content)
    answer = client.post("/lists/lookup/", {"value": "13800138000"})
    assert "is on no list" in text(answer.content)
    assert b"13800138000" not in answer.content
    assert "no-store" in answer["Cache-Control"]
    assert "is on no list" in text(client.post("/lists/lookup/", {"value": "a\x01b"}).content)


@pytest.mark.parametrize(
    ("path", "role", "status"),
    [
        ("/lists/", "integrator", 403),
        ("/lists/", "rule_author", 200),
        ("/lists/of/stolen_cards/", "rule_author", 200),
        ("/lists/of/no_such/", "rule_author", 404),
        (PUT, "auditor", 403),
        ("/lists/of/stolen_cards/burn/", "specialist", 404),
        ("/lists/put/card/none/", "specialist", 404),
    ],
)
def test_doors(listed: Night, sign_in: SignIn, path: str, role: str, status: int) -> None:
    assert sign_in(role).get(path).status_code == status


def test_another_organisation_finds_nothing(listed: Night, sign_in: SignIn, other_organisation: Organisation) -> None:
    sign_in("specialist").post(PUT, FORM | {"values": "c2"})
    change = ListChange.objects.get()
    foreign = sign_in("specialist", username="far", to=other_organisation)
    assert foreign.get(f"/lists/changes/{change.id}/").status_code == 404
    assert foreign.post(f"/lists/changes/{change.id}/undo/").status_code == 404
    assert foreign.get("/lists/of/stolen_cards/").status_code == 404
    assert "stolen" not in text(foreign.get("/lists/").content)


@pytest.mark.parametrize(("path", "most"), [("/lists/", 9), ("/lists/of/stolen_cards/", 12), (PUT, 11)])
def test_queries_are_few(listed: Night, sign_in: SignIn, path: str, most: int) -> None:
    client = sign_in("specialist")
    client.get(path)
    assert count_queries(lambda: client.get(path)) <= most


def test_both_languages(listed: Night, sign_in: SignIn) -> None:
    page = sign_in("specialist").get("/lists/of/stolen_cards/", headers={"accept-language": "zh"})
    assert "已确认欺诈" in page.content.decode()


def post(client: Client, path: str, body: object) -> tuple[int, dict[str, object]]:
    answer = client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json()


def test_calls_of_the_api(listed: Night, sign_in: SignIn) -> None:
    client, second = sign_in("specialist"), sign_in("shift_lead")
    (named,) = client.get("/api/v1/lists").json()["items"]
    assert (named["name"], named["by_people"], named["rules"]) == ("stolen_cards", 1, ["TXN_STOLEN"])
    assert [each["value"] for each in client.get("/api/v1/lists/stolen_cards/entries").json()["items"]] == ["c1"]
    body = {"lines": [{"value": "c8", "days": 7}], "text": "c9\nc9", "reason": "stolen_means"}
    status, tried = post(client, "lists/stolen_cards/changes", body | {"dry_run": True})
    assert (status, tried["change"], [each["outcome"] for each in tried["results"]]) == (  # type: ignore[attr-defined]
        200,
        None,
        ["new", "new", "repeated"],
    )
    status, asked = post(client, "lists/stolen_cards/changes", body)
    change = asked["change"]
    assert isinstance(change, dict)
    assert (status, change["state"], change["count"]) == (201, "waiting", 2)
    assert post(second, f"approvals/{change['approval_id']}:approve", {})[0] == 200
    found = client.get(f"/api/v1/list-changes/{change['id']}").json()
    assert [each["state"] for each in found["items"]] == ["ordered", "ordered"]
    assert post(client, f"list-changes/{change['id']}:undo", {})[1]["state"] == "undone"
    assert [each["list_name"] for each in post(client, "lists:lookup", {"value": "c1"})[1]["items"]] == [  # type: ignore[attr-defined]
        "stolen_cards"
    ]


@pytest.mark.parametrize(("language", "said"), [("en", "confirmed fraud"), ("zh-hans", "已确认欺诈")])
def test_the_page_of_the_card_says_why_it_is_listed(listed: Night, sign_in: SignIn, language: str, said: str) -> None:
    client = sign_in("specialist")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    page = text(client.get("/entities/card/c1/").content)
    assert (said in page, "confirmed_fraud" in page) == (True, False)
