"""The page of an incident: the four visitors, every command in place, refusals that keep what was typed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.operations.incidents.actions import levels, responding
from anxin.desk.operations.incidents.actions.calls import note_user_notice
from anxin.desk.operations.incidents.actions.signals import Named
from anxin.desk.operations.incidents.actions.ticking import tick
from anxin.desk.operations.incidents.models import Incident, IncidentEvent
from anxin.desk.operations.incidents.stages import COMMANDS
from anxin.desk.workbench.incident.commands import command_forms, group_words

pytestmark = pytest.mark.django_db(databases=["default", "projection"])
HTMX = {"HX-Request": "true"}


@pytest.fixture
def agent_browser(agent: Actor, clock: Clock) -> Client:
    """The night agent's browser."""
    return _browser(agent)


def _browser(by: Actor) -> Client:
    from anxin.desk.conftest import _begin_session
    from anxin.desk.foundation.organisations.models import Person

    client = Client(headers={"accept-language": "en"})
    person = Person.objects.get(pk=by.person_id)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    _begin_session(client, person)
    return client


@pytest.mark.parametrize("part", ["", "now/", "story/", "risk/", "do/note/"])
def test_doors(
    seen: Callable[..., Incident], sign_in: Callable[..., Client], other_organisation: object, clock: Clock, part: str
) -> None:
    url = f"/incidents/{seen().id}/{part}"
    assert Client().get(url).status_code == 302
    assert sign_in("shift_lead", username="stranger", to=other_organisation).get(url).status_code == 404
    assert sign_in("rule_author").get(url).status_code == 403
    assert sign_in("service_agent").get(url).status_code == 200


def test_the_page_says_level_clock_and_the_one_next_step(
    seen: Callable[..., Incident], agent_browser: Client, clock: Clock
) -> None:
    shown = agent_browser.get(f"/incidents/{seen().id}/").content.decode()
    assert shown.count("Account takeover") >= 2
    assert 'role="timer"' in shown
    assert shown.count('aria-current="step"') == 1
    assert "nobody has started yet" in shown


def test_what_the_panels_of_other_packages_need_comes_with_the_page(
    seen: Callable[..., Incident], agent_browser: Client
) -> None:
    shown = agent_browser.get(f"/incidents/{seen().id}/").content.decode()
    for needed in ("evidence/evidence.js", "evidence/evidence.css", "together/together.js", "measures/measures.js"):
        assert needed.rpartition(".")[0] in shown


def test_why_it_is_urgent_stands_beside_what_to_do_first(seen: Callable[..., Incident], agent_browser: Client) -> None:
    shown = agent_browser.get(f"/incidents/{seen(level=1).id}/").content.decode()
    first = shown[shown.index('id="case-do"') : shown.index('class="case-protect"')]
    assert "It is an L1" in first


def test_a_page_costs_a_known_number_of_questions(
    seen: Callable[..., Incident],
    agent_browser: Client,
    clock: Clock,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    incident = seen(entities=tuple(Named("thing", "card", f"c{n}") for n in range(9)))
    agent_browser.get(f"/incidents/{incident.id}/")
    with django_assert_max_num_queries(36):
        agent_browser.get(f"/incidents/{incident.id}/")
    for _ in range(5):
        seen()
    with django_assert_max_num_queries(36):
        agent_browser.get(f"/incidents/{incident.id}/")


def test_every_command_has_its_form_and_its_place() -> None:
    elsewhere = {"offer_handover", "open_task", "consult", "extend_lease"}
    assert set(command_forms()) == set(COMMANDS) - elsewhere
    assert {each.group for each in command_forms().values()} == set(group_words())


@pytest.mark.parametrize("command", sorted(command_forms()))
def test_every_form_is_shown_to_whoever_may_do_it(
    seen: Callable[..., Incident], lead: Actor, clock: Clock, command: str
) -> None:
    browser, incident = _browser(lead), seen(by=lead)
    responding.start(incident_id=incident.id, by=lead, at=NIGHT)
    answer = browser.get(f"/incidents/{incident.id}/do/{command}/", headers=HTMX)
    assert answer.status_code == 200
    assert 'name="version"' in answer.content.decode()


def post(browser: Client, incident: Incident, command: str, **given: object) -> tuple[int, str]:
    answer = browser.post(f"/incidents/{incident.id}/do/{command}/", given, headers=HTMX)
    return answer.status_code, answer.content.decode()


def test_the_loop_in_place(seen: Callable[..., Incident], agent_browser: Client, clock: Clock) -> None:
    incident = seen(level=2)
    assert post(agent_browser, incident, "start", version=incident.version)[0] == 200
    assert post(agent_browser, incident, "record_no_action", code="already_stopped")[0] == 200
    status, shown = post(
        agent_browser, incident, "log_contact", channel="voice", outcome="delivered", is_informing="on"
    )
    assert (status, "Done: Log a contact" in shown) == (200, True)
    assert 'hx-swap-oob="true"' in shown
    assert post(agent_browser, incident, "contain")[0] == 200
    status, shown = post(agent_browser, incident, "submit")
    assert (status, "the loss is not filled in" in shown) == (422, True)
    assert post(agent_browser, incident, "record_loss", currency="CNY", at_risk="320.50", confirmed="0")[0] == 200
    assert post(agent_browser, incident, "record_finding", cause="credential_theft", responsible="outsider")[0] == 200
    assert post(agent_browser, incident, "submit")[0] == 200
    row = Incident.objects.get(pk=incident.id)
    assert (row.stage, row.at_risk_minor, row.confirmed_minor) == ("verifying", 32_050, 0)


def test_guards_are_shown_before_pressing_with_the_way_to_meet_them(
    seen: Callable[..., Incident], agent: Actor, agent_browser: Client, clock: Clock
) -> None:
    incident = seen(level=2)
    responding.start(incident_id=incident.id, by=agent, at=NIGHT)
    responding.record_no_action(incident_id=incident.id, code="already_stopped", by=agent, at=NIGHT)
    responding.contain(incident_id=incident.id, by=agent, at=NIGHT)
    shown = agent_browser.get(f"/incidents/{incident.id}/do/submit/", headers=HTMX).content.decode()
    assert "the finding of responsibility is missing" in shown
    assert f"/incidents/{incident.id}/do/record_finding/" in shown


def test_a_conflict_keeps_what_was_typed_and_says_what_changed(
    seen: Callable[..., Incident], lead: Actor, agent: Actor, agent_browser: Client, clock: Clock
) -> None:
    incident = seen(level=2)
    responding.start(incident_id=incident.id, by=agent, at=NIGHT)
    before = Incident.objects.get(pk=incident.id)
    levels.raise_level(incident_id=incident.id, level=1, code="money_moving", by=lead, at=clock.forward(minutes=1))
    status, shown = post(
        agent_browser,
        incident,
        "record_no_action",
        version=before.version,
        seen=before.next_event_seq - 1,
        code="already_stopped",
        note="the bank stopped it",
    )
    assert status == 422
    assert "Raised from L2 to L1: money is moving" in shown
    assert "the bank stopped it" in shown
    after = Incident.objects.get(pk=incident.id)
    assert (after.no_action_code, after.version) == ("", before.version + 1)
    assert f'name="version" value="{after.version}"' in shown


def test_who_may_not_is_told_who_can(
    seen: Callable[..., Incident], sign_in: Callable[..., Client], clock: Clock
) -> None:
    incident, browser = seen(), sign_in("service_agent")
    answer = browser.post(f"/incidents/{incident.id}/do/waive/", {"note": "x"}, headers=HTMX)
    assert (answer.status_code, "shift lead" in answer.content.decode()) == (403, True)
    assert "these can:" in browser.get(f"/incidents/{incident.id}/").content.decode()


def test_a_form_that_is_not_whole_changes_nothing(
    seen: Callable[..., Incident], agent_browser: Client, clock: Clock
) -> None:
    incident = seen()
    before = IncidentEvent.objects.filter(incident=incident).count()
    assert post(agent_browser, incident, "record_no_action", note="hm")[0] == 422
    assert post(agent_browser, incident, "note", note="")[0] == 422
    assert post(agent_browser, incident, "merge", number="999")[0] == 422
    assert IncidentEvent.objects.filter(incident=incident).count() == before


def test_merging_leads_to_the_survivor(seen: Callable[..., Incident], agent_browser: Client, clock: Clock) -> None:
    first, second = seen(), seen()
    answer = agent_browser.post(f"/incidents/{first.id}/do/merge/", {"number": second.number}, headers=HTMX)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"/incidents/{second.id}/")
    assert Incident.objects.get(pk=first.id).merged_into == second.id


def test_without_script_a_command_leads_back_to_the_page(
    seen: Callable[..., Incident], agent_browser: Client, clock: Clock
) -> None:
    incident = seen()
    answer = agent_browser.post(f"/incidents/{incident.id}/do/start/", {})
    assert (answer.status_code, answer["Location"]) == (302, f"/incidents/{incident.id}/")
    page = agent_browser.get(f"/incidents/{incident.id}/do/submit/")
    assert page.status_code == 200
    shown = page.content.decode()
    assert "<main" in shown
    assert 'hx-target="#case-form"' not in shown
    assert 'hx-target="#case-form"' in agent_browser.get(page.request["PATH_INFO"], headers=HTMX).content.decode()


def test_lowering_waits_for_a_second_person(seen: Callable[..., Incident], agent_browser: Client, clock: Clock) -> None:
    incident = seen(level=1)
    status, shown = post(
        agent_browser, incident, "lower_level", level="2", code="contained", note="the card is blocked"
    )
    assert (status, "until a second person agrees" in shown.casefold()) == (200, True)
    assert Incident.objects.get(pk=incident.id).level == 1


def test_looking_is_seen_by_others_and_kept_once_a_sitting(
    seen: Callable[..., Incident], lead: Actor, agent_browser: Client, clock: Clock
) -> None:
    incident, other = seen(), _browser(lead)
    path = f"/incidents/{incident.id}/presence/"
    assert "also here" not in agent_browser.post(path).content.decode()
    assert "night-agent" in other.post(path).content.decode()
    clock.forward(seconds=15)
    agent_browser.post(path)
    looked = AuditEntry.objects.filter(act="workbench.view_incident", object_id=incident.id)
    assert looked.count() == 2
    story = agent_browser.get(f"/incidents/{incident.id}/story/?lane=views", headers=HTMX).content.decode()
    assert "Looked at incident" in story


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "告知用户“冻结账号”：已发出，待平台送达"), ("en", "Telling the user of “")]
)
def test_what_became_of_a_notice_is_said_in_words(
    seen: Callable[..., Incident], agent_browser: Client, clock: Clock, language: str, said: str
) -> None:
    incident = seen()
    data = {"measure": "freeze_account", "state": "sent"}
    note_user_notice(incident_id=incident.id, organisation_id=incident.organisation_id, data=data, at=clock.moment)
    heads = {**HTMX, "accept-language": language}
    story = agent_browser.get(f"/incidents/{incident.id}/story/", headers=heads).content.decode()
    assert (said in story, "freeze_account" in story) == (True, False)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", ("时限：“开始响应”已用 50%", "时限：“开始响应”超时")),
        ("en", ("Clock: 50 % of “start” is used", "Clock: “start” ran out")),
    ],
)
def test_the_story_says_which_clock_warned_and_which_ran_out(
    seen: Callable[..., Incident], agent_browser: Client, language: str, said: tuple[str, str]
) -> None:
    incident = seen(level=1)
    shown = []
    for minutes in (16, 40):
        tick(at=NIGHT + timedelta(minutes=minutes))
        heads = {**HTMX, "accept-language": language}
        shown.append(agent_browser.get(f"/incidents/{incident.id}/story/?lane=clock", headers=heads).content.decode())
    assert [(said[0] in each, said[1] in each, "tone-danger" in each) for each in shown] == [
        (True, False, False),
        (True, True, True),
    ]


def test_an_open_page_alone_keeps_no_session_alive(
    seen: Callable[..., Incident], agent_browser: Client, clock: Clock
) -> None:
    path = f"/incidents/{seen().id}/"
    element = re.search(r'<span id="case-present"[^>]*>', agent_browser.get(path).content.decode())
    assert element is not None
    found = re.search(r"hx-headers='([^']*)'", element[0])
    assert found is not None
    headers = json.loads(found[1]) | HTMX
    for _ in range(4):
        clock.forward(seconds=settings.ANXIN.idle_seconds // 3)
        agent_browser.post(f"{path}presence/", headers=headers)
    assert agent_browser.get(path).status_code == 302
