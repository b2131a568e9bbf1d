"""The panel and its pages: who comes in, what is said before and after, and what a refusal leaves as it was."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.decisioning.conftest import count_queries
from anxin.desk.foundation.approvals.models import Approval
from anxin.desk.foundation.control.models import ControlOrder
from anxin.desk.foundation.edge.actor import Actor, ActorKind
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.permissions.authority import grants_of
from anxin.desk.foundation.service_accounts.models import ServiceAccount
from anxin.desk.operations.measures.actions import Target, confirm_measure, note_accepted, order_measure
from anxin.desk.operations.measures.forms import parse_amount
from anxin.desk.operations.measures.models import ActionRequest, StateQuestion
from anxin.desk.operations.measures.outgoing import list_outgoing
from anxin.desk.operations.measures.tests.test_actions import nobody
from anxin.desk.operations.measures.verification import ask_platform

SignIn = Callable[..., Client]
HX = {"hx-request": "true"}
PANEL = "/measures/panel/user/u_li/"
FREEZE = {"kind": "freeze_account", "reason": "account_theft"}
PAYOUT = {"kind": "hold_payout", "reason": "mule", "amount": "100"}
pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("clock")]


def order(client: Client, form: dict[str, str], path: str = PANEL) -> HttpResponse:
    return client.post(f"{path}order/", form, headers=HX, follow=True)


def text(answer: HttpResponse) -> str:
    plain = re.sub(r"<svg.*?</svg>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", plain)


def only() -> ActionRequest:
    return ActionRequest.objects.get()


@pytest.fixture
def platform(organisation: Organisation) -> Actor:
    """The account of a platform that asks what it has to do."""
    account = ServiceAccount.objects.create(id="sac_1", organisation=organisation, name="shop", created_at=NIGHT)
    grants = grants_of(["integrator"])
    return Actor(organisation.id, ActorKind.SERVICE, "shop", person_id=account.id, grants=grants)


@pytest.fixture
def stood(actor: Callable[..., Actor]) -> ActionRequest:
    """A freeze that a specialist ordered."""
    by = actor("specialist", username="orderer")
    return order_measure("freeze_account", Target("user", "u_li"), reason="account_theft", by=by, at=NIGHT)


DOORS: list[tuple[str, str, str, int]] = [
    ("get", "/measures/", "service_agent", 200),
    ("get", PANEL, "service_agent", 200),
    ("post", f"{PANEL}order/", "service_agent", 302),
    ("get", "/measures/{id}/", "service_agent", 200),
    ("post", "/measures/{id}/undo/", "shift_lead", 302),
    ("post", "/measures/{id}/release/", "shift_lead", 302),
    ("post", "/measures/{id}/extend/", "shift_lead", 302),
    ("post", "/measures/{id}/answer/", "shift_lead", 302),
    ("post", "/measures/{id}/review/", "shift_lead", 302),
]


@pytest.mark.parametrize(("method", "path", "able", "status"), DOORS)
def test_every_door(
    sign_in: SignIn,
    stood: ActionRequest,
    other_organisation: Organisation,
    method: str,
    path: str,
    able: str,
    status: int,
) -> None:
    path = path.format(id=stood.id)
    form = PAYOUT | {"finding": "right", "standing": "yes"}
    stranger = getattr(Client(), method)(path, form)
    assert (stranger.status_code, stranger["location"].split("?")[0]) == (302, "/accounts/login/")
    refused = getattr(sign_in("administrator"), method)(path, form)
    assert (refused.status_code, b"These can:" in refused.content) == (403, True)
    foreign = getattr(sign_in(able, username="far", to=other_organisation), method)(path, form)
    assert foreign.status_code == (404 if stood.id in path else status)
    assert stood.id not in foreign.content.decode().replace(path, "")
    stood.refresh_from_db()
    assert (stood.state, stood.finding, stood.approval_id) == ("sent", "", "")
    assert getattr(sign_in(able), method)(path, form).status_code == status


@pytest.mark.parametrize("path", ["undo/", "review/"])
def test_a_colleague_without_the_right_is_told_who_can(sign_in: SignIn, stood: ActionRequest, path: str) -> None:
    answer = sign_in("service_agent").post(f"/measures/{stood.id}/{path}", {"finding": "right"})
    assert (answer.status_code, b"These can:" in answer.content) == (403, True)
    stood.refresh_from_db()
    assert (stood.state, stood.finding) == ("sent", "")


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("user", ["freeze_account", "hold_payout", "hold_payment", "revoke_sessions"]),
        ("card", ["hold_payment"]),
        ("device", ["revoke_sessions"]),
        ("order", ["hold_order"]),
        ("ip", []),
    ],
)
def test_only_measures_that_fit_the_kind_are_offered(sign_in: SignIn, kind: str, names: list[str]) -> None:
    answer = sign_in("service_agent").get(f"/measures/panel/{kind}/x1/", headers=HX)
    assert re.findall(r'name="kind" value="(\w+)"', answer.content.decode()) == names


def test_the_panel_says_what_happens_before_it_happens(sign_in: SignIn) -> None:
    said = text(sign_in("service_agent").get(PANEL, headers=HX))
    assert "Stops sign-in, payments, payouts and messages stop" in said
    assert "Goes on paid orders, parcels under way and our own notices go on" in said
    assert "Who is told the user is told why, what helps and how to appeal" in said
    assert "10 left this shift, of 10 · any amount · at most 24 h" in said
    assert "up to 5000 CNY · at most 2 h" in said


def test_one_post_orders_it_and_shows_how_far_it_is(sign_in: SignIn, clock: Clock) -> None:
    client = sign_in("service_agent")
    answer = order(client, FREEZE)
    assert (answer.status_code, answer.redirect_chain) == (200, [(PANEL, 302)])
    assert (only().state, only().kind, only().expires_at) == ("sent", "freeze_account", NIGHT + timedelta(hours=24))
    assert [each.kind for each in ControlOrder.objects.all()] == ["hold.place"]
    said = text(answer)
    assert "Freeze the account sent" in said
    assert "9 left this shift, of 10" in said
    assert "NOT CONFIRMED" not in said
    assert 'hx-trigger="live, load delay:5200ms"' in answer.content.decode()


def test_without_script_it_leads_back_to_the_page(sign_in: SignIn) -> None:
    client = sign_in("service_agent")
    answer = client.post(f"{PANEL}order/", FREEZE, follow=True)
    assert "<h1>Protect</h1>" in answer.content.decode()
    assert only().state == "sent"


def test_an_agents_hold_ends_when_her_delegation_does(sign_in: SignIn) -> None:
    order(sign_in("service_agent"), PAYOUT)
    assert only().expires_at == NIGHT + timedelta(hours=2)


def test_five_seconds_without_a_receipt_are_not_confirmed(
    sign_in: SignIn, organisation: Organisation, clock: Clock
) -> None:
    client = sign_in("service_agent")
    order(client, FREEZE)
    said = text(client.get(PANEL, headers=HX))
    clock.forward(seconds=5.1)
    late = text(client.get(PANEL, headers=HX))
    assert ("NOT CONFIRMED" in said, "NOT CONFIRMED: no receipt from the platform within 5 s." in late) == (False, True)
    assert "Whether the gateway obeys is not known either." in late
    assert f"Please apply “Freeze the account” to user u_li at once, order {only().id}" in late
    note_accepted(measure_id=only().id, organisation_id=organisation.id, at=clock.moment)
    assert "The gateway already refuses what comes." in text(client.get(PANEL, headers=HX))
    platform = Actor(organisation.id, ActorKind.SERVICE, "platform", grants=grants_of(["integrator"]))
    confirm_measure(measure_id=only().id, receipt="r-1", has_worked=True, by=platform, at=clock.moment)
    said = text(client.get(PANEL, headers=HX))
    assert ("Freeze the account effective" in said, "NOT CONFIRMED" in said) == (True, False)


@pytest.mark.parametrize(
    ("role", "form", "sentence"),
    [
        ("service_agent", PAYOUT | {"hours": "24"}, "This is beyond what you may do alone (5000 CNY)"),
        ("service_agent", PAYOUT | {"amount": "5000.01"}, "This is beyond what you may do alone (5000 CNY)"),
        ("service_agent", PAYOUT | {"amount": ""}, "type the amount at stake, or ask for approval if unknown"),
        ("mentor", FREEZE, "You may not: emergency freeze"),
    ],
)
def test_what_goes_beyond_is_refused_in_place_and_can_be_asked_for(
    sign_in: SignIn, role: str, form: dict[str, str], sentence: str
) -> None:
    client = sign_in(role)
    answer = order(client, form)
    assert (answer.status_code, ActionRequest.objects.count(), ControlOrder.objects.count()) == (422, 0, 0)
    assert sentence in text(answer)
    assert 'name="ask" value="1" data-ask' in answer.content.decode()
    if role == "mentor":
        assert order(client, form | {"ask": "1"}).status_code == 200
        assert (only().state, Approval.objects.get().requested_label) == ("waiting", only().requested_label)


def test_without_a_certificate_the_way_to_ask_stands_open(sign_in: SignIn, settings: Settings) -> None:
    settings.CERTIFICATION = f"{nobody.__module__}.nobody"
    client = sign_in("service_agent")
    assert "needs the emergency certificate" in text(client.get(PANEL, headers=HX))
    answer = order(client, FREEZE)
    assert (answer.status_code, ActionRequest.objects.count()) == (422, 0)
    assert "“Freeze the account” needs a valid emergency certificate." in text(answer)
    asked = order(client, FREEZE | {"ask": "1"})
    assert "waits for approval" in text(asked)
    assert (only().state, ControlOrder.objects.count(), Approval.objects.count()) == ("waiting", 0, 1)


def test_who_may_neither_order_nor_ask_is_told_who_can(sign_in: SignIn) -> None:
    client = sign_in("auditor")
    assert "Your role orders no measures here" in text(client.get(PANEL, headers=HX))
    answer = order(client, FREEZE)
    assert (answer.status_code, "You may not:" in text(answer), b"data-ask" in answer.content) == (422, True, False)
    assert ActionRequest.objects.count() == 0


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"kind": "banish", "reason": "mule"},
        FREEZE | {"reason": "dislike"},
        FREEZE | {"hours": "1e9"},
        FREEZE | {"hours": "-1"},
        FREEZE | {"amount": "ten"},
        FREEZE | {"amount": "NaN"},
        FREEZE | {"amount": "-1"},
        FREEZE | {"amount": "1e99999999"},
        {"kind": "hold_order", "reason": "mule"},
    ],
)
def test_a_wrong_form_is_refused_and_nothing_changes(sign_in: SignIn, form: dict[str, str]) -> None:
    answer = order(sign_in("shift_lead"), form)
    assert (answer.status_code, ActionRequest.objects.count(), ControlOrder.objects.count()) == (422, 0, 0)


@pytest.mark.parametrize(("typed", "minor"), [("", None), ("5000", 500_000), ("1,234.50", 123_450), ("0.01", 1)])
def test_amounts_are_read_in_fen(typed: str, minor: int | None) -> None:
    assert parse_amount(typed) == minor


def test_what_was_typed_is_kept_by_a_refusal(sign_in: SignIn) -> None:
    page = order(sign_in("service_agent"), PAYOUT | {"amount": "9999", "note": "对方说要转账"}).content.decode()
    assert re.search(r'value="mule" required checked', page)
    assert re.search(r'value="hold_payout" checked', page)
    assert "对方说要转账</textarea>" in page
    assert 'value="9999"' in page


def test_a_second_freeze_is_refused_with_the_first_one(sign_in: SignIn, stood: ActionRequest) -> None:
    answer = order(sign_in("service_agent"), FREEZE)
    assert (answer.status_code, ActionRequest.objects.count()) == (422, 1)
    assert f'href="/measures/{stood.id}/"' in answer.content.decode()


def test_undo_leads_back_to_the_panel_and_frees_the_measure(sign_in: SignIn) -> None:
    client = sign_in("service_agent")
    order(client, FREEZE)
    answer = client.post(f"/measures/{only().id}/undo/", {"from": "panel"}, headers=HX, follow=True)
    assert answer.redirect_chain == [(PANEL, 302)]
    assert [each.kind for each in ControlOrder.objects.order_by("seq")] == ["hold.place", "hold.release"]
    assert "Freeze the account taken back" in text(answer)
    assert re.search(r'value="freeze_account" checked', answer.content.decode())


def test_only_others_review(sign_in: SignIn) -> None:
    agent, lead = sign_in("specialist"), sign_in("shift_lead")
    order(agent, FREEZE)
    path = f"/measures/{only().id}/"
    assert "Somebody else reviews it." in text(agent.get(path))
    assert agent.post(f"{path}review/", {"finding": "right"}).status_code == 403
    assert "Review: how was it?" in text(lead.get(path))
    assert lead.post(f"{path}review/", {"finding": "nonsense"}).status_code == 422
    assert only().finding == ""
    answer = lead.post(f"{path}review/", {"finding": "good_faith"}, follow=True)
    assert "review: wrong, in good faith" in text(answer)
    assert "Undo" not in text(agent.get(path))


def test_what_the_platform_says_on_the_phone_is_written_down(sign_in: SignIn, platform: Actor) -> None:
    agent, lead = sign_in("specialist"), sign_in("shift_lead")
    order(agent, FREEZE)
    path, asked = f"/measures/{only().id}/", "The platform has not answered"
    assert asked not in text(lead.get(path))
    list_outgoing(by=platform, at=NIGHT)
    ask_platform(measure_id=only().id, by=platform, at=NIGHT)
    assert "It stands" in text(lead.get(path))
    assert asked in text(agent.get(path))
    assert "It stands" not in text(agent.get(path))
    assert lead.post(f"{path}answer/", {"standing": "perhaps", "note": "x"}).status_code == 422
    assert agent.post(f"{path}answer/", {"standing": "yes", "note": "x"}).status_code == 403
    assert StateQuestion.objects.get().answer == ""
    assert lead.post(f"{path}answer/", {"standing": "yes", "note": "03:20"}).status_code == 302
    question = StateQuestion.objects.get()
    assert (question.answer, question.receipt) == ("standing", "03:20")
    assert asked not in text(lead.get(path))


def test_extending_asks_a_second_person(sign_in: SignIn, stood: ActionRequest) -> None:
    client = sign_in("shift_lead")
    assert client.post(f"/measures/{stood.id}/extend/").status_code == 302
    assert Approval.objects.get().act == "measure.extend"
    assert client.post(f"/measures/{stood.id}/extend/").status_code == 409
    assert Approval.objects.count() == 1


def test_who_may_not_release_alone_asks_a_second_person(sign_in: SignIn, stood: ActionRequest) -> None:
    agent, auditor = sign_in("service_agent"), sign_in("compliance")
    path = f"/measures/{stood.id}/"
    assert "Ask to release (second person)" in text(agent.get(path))
    assert agent.post(f"{path}release/", {"note": "误冻"}).status_code == 302
    asked = Approval.objects.get()
    assert (asked.act, only().state, ControlOrder.objects.count()) == ("measure.release", "sent", 1)
    assert auditor.post(f"/approvals/{asked.id}/approve/").status_code == 302
    assert (only().state, [each.kind for each in ControlOrder.objects.order_by("seq")]) == (
        "reverted",
        ["hold.place", "hold.release"],
    )


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("", ["u_b"]),
        ("?shown=ended", ["u_a"]),
        ("?shown=all", ["u_b", "u_a"]),
        ("?shown=unreviewed&mine=1", ["u_b", "u_a"]),
        ("?shown=all&kind=hold_payout", ["u_b"]),
        ("?shown=waiting", []),
        ("?shown=rubbish&kind=rubbish&before=%00zz", ["u_b"]),
    ],
)
def test_the_list_is_filtered(sign_in: SignIn, clock: Clock, query: str, keys: list[str]) -> None:
    client = sign_in("service_agent")
    order(client, FREEZE, "/measures/panel/user/u_a/")
    client.post(f"/measures/{only().id}/undo/")
    clock.forward(seconds=1)
    order(client, PAYOUT, "/measures/panel/user/u_b/")
    page = client.get(f"/measures/{query}").content.decode()
    assert re.findall(r'<span class="hidden-text"> (\w+)</span></a>', page) == keys


def test_the_list_goes_on_where_it_ended(sign_in: SignIn, actor: Callable[..., Actor]) -> None:
    by = actor("shift_lead")
    for number in range(53):
        order_measure("freeze_account", Target("user", f"u{number}"), reason="account_theft", by=by, at=NIGHT)
    client, seen, href = sign_in("shift_lead", username="reader"), [], "/measures/"
    while href:
        page = client.get(href).content.decode()
        seen += re.findall(r'<span class="hidden-text"> (u\d+)</span></a>', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        href = following[1].replace("&amp;", "&") if following else ""
    assert (len(seen), len(set(seen))) == (53, 53)


@pytest.mark.parametrize(("path", "most"), [(PANEL, 9), ("/measures/", 6), ("/measures/{id}/", 7)])
def test_queries_are_few(sign_in: SignIn, stood: ActionRequest, path: str, most: int) -> None:
    client = sign_in("service_agent")
    for kind in ("hold_payout", "hold_payment"):
        order(client, PAYOUT | {"kind": kind})
    path = path.format(id=stood.id)
    client.get(path)
    assert count_queries(lambda: client.get(path)) <= most


def test_both_languages(sign_in: SignIn, stood: ActionRequest, clock: Clock) -> None:
    clock.forward(seconds=6)
    client = sign_in("service_agent")
    for path in (PANEL, "/measures/", f"/measures/{stood.id}/"):
        page = text(client.get(path, headers={"accept-language": "zh"}))
        assert "冻结账号" in page
        assert "未确认" in page
    said: Any = text(client.get(PANEL, headers={"accept-language": "zh"} | HX))
    assert "按住 Enter 0.8 秒" in said


@pytest.mark.parametrize("path", ["measures", "measure-batches"])
def test_a_measure_names_only_an_incident_that_is_there(path: str, sign_in: Callable[..., Client]) -> None:
    body = {"kind": "freeze_account", "reason": "account_theft", "incident_id": "inc_nobody_has_this"}
    body |= (
        {"targets": [{"entity_kind": "user", "entity_key": "u1"}]}
        if "-" in path
        else {"entity_kind": "user", "entity_key": "u1"}
    )
    answer = sign_in("specialist").post(f"/api/v1/{path}", body, content_type="application/json")
    assert (answer.status_code, ActionRequest.objects.count()) == (404, 0)


@pytest.mark.parametrize(
    ("path", "first"), [("/measures/", "Standing"), ("/measures/?shown=all", "Standing"), ("/reviews/", "Due")]
)
def test_what_is_shown_unless_chosen_is_said(sign_in: SignIn, path: str, first: str) -> None:
    shown = sign_in("shift_lead").get(path, headers={"accept-language": "en"}).content.decode()
    select = shown.split('name="shown"', 1)[1].split("</select>", 1)[0]
    assert f'<option value="">{first}</option>' in select
    assert ">All<" not in select
