from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.organisations.models import Organisation, Person, RoleGrant, Site


def test_stranger_is_led_to_the_sign_in() -> None:
    answer = Client().get("/people/me/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=%2Fpeople%2Fme%2F")


def test_agent_sees_her_limit_and_who_can_do_the_rest(sign_in: Callable[..., Client]) -> None:
    page = sign_in("service_agent").get("/people/me/").content.decode()
    assert "emergency freeze of up to 24 h" in page
    assert "0/10 a shift · 10 left" in page
    assert "data-protection officer" in page
    rows = {
        row[0]: row[-1]
        for row in (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", each, re.S) for each in page.split("<tr>")[2:])
    }
    assert "data-protection" not in rows["use the desk"]
    assert "data-protection" in rows["erase evidence · two people"]


@pytest.mark.parametrize(("role", "leads"), [("administrator", False), ("shift_lead", True)])
def test_no_door_leads_to_a_refusal(sign_in: Callable[..., Client], role: str, leads: bool) -> None:
    client = sign_in(role)
    doors = re.search(r'<nav class="row".*?</nav>', client.get("/people/").content.decode(), re.S)
    assert doors is not None
    hrefs = re.findall(r'href="([^"]+)"', doors[0])
    assert ("/people/recertification/" in hrefs) is leads
    assert {client.get(each).status_code for each in hrefs} == {200}


@pytest.mark.parametrize(
    "path", ["/people/", "/people/me/", "/people/sites/", "/people/departments/", "/people/settings/"]
)
def test_pages_ask_the_database_as_often_for_many_as_for_one(
    sign_in: Callable[..., Client], admit: Callable[..., Person], path: str
) -> None:
    client = sign_in("administrator")
    client.get(path)
    with CaptureQueriesContext(connection) as few:
        assert client.get(path).status_code == 200
    for number in range(30):
        admit(f"colleague{number}", "mentor", "service_agent")
    with CaptureQueriesContext(connection) as many:
        client.get(path)
    assert len(many) == len(few) <= 12


def test_names_are_masked_in_the_list_and_whole_for_who_administrates(
    sign_in: Callable[..., Client], admit: Callable[..., Person]
) -> None:
    person = admit("wei", "mentor", name="林薇薇")
    lead, keeper = sign_in("shift_lead"), sign_in("administrator")
    assert "林薇薇" not in lead.get("/people/").content.decode() + keeper.get("/people/").content.decode()
    path = f"/people/{person.id}/"
    assert "林薇薇" not in lead.get(path).content.decode()
    assert not AuditEntry.objects.filter(act="person.view").exists()
    assert "林薇薇" in keeper.get(path).content.decode()
    entry = AuditEntry.objects.get(act="person.view")
    assert (entry.actor_label, entry.object_id) == ("administrator", person.id)


def test_list_goes_on_by_cursor_and_narrows_by_site(
    sign_in: Callable[..., Client], admit: Callable[..., Person], organisation: Organisation
) -> None:
    for number in range(120):
        admit(f"colleague{number:03}")
    client = sign_in("administrator")
    first = client.get("/people/").content.decode()
    assert ("colleague098" in first, "colleague110" in first) == (True, False)
    assert "colleague110" in client.get("/people/?after=colleague100").content.decode()
    admit("onsite", "mentor")
    other = Site.objects.create(
        id="site_x", organisation=organisation, platform="b", business_line="*", region="*", name="B"
    )
    RoleGrant.objects.filter(person__username="onsite").update(site=other)
    there = client.get(f"/people/?site={other.id}").content.decode()
    assert ("onsite" in there, "colleague001" in there) == (True, False)
    assert "onsite" not in client.get(f"/people/?site={organisation.sites.get(platform='*').id}").content.decode()


def test_settings_are_not_overwritten_blindly(sign_in: Callable[..., Client], organisation: Organisation) -> None:
    client = sign_in("administrator")
    form = {"name": "Night Market", "time_zone": "Asia/Urumqi", "version": 1}
    assert client.post("/people/settings/", form).status_code == 302
    assert client.post("/people/settings/", form | {"name": "Old tab"}).status_code == 412
    organisation.refresh_from_db()
    assert (organisation.name, organisation.time_zone, organisation.version) == ("Night Market", "Asia/Urumqi", 2)
    wrong = client.post("/people/settings/", form | {"time_zone": "Mars/Olympus", "version": 2})
    assert wrong.status_code == 422


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}"])
def test_what_is_typed_is_never_markup(sign_in: Callable[..., Client], hostile: str) -> None:
    client = sign_in("administrator")
    site = {"name": hostile, "platform": "app", "business_line": "goods", "region": "CN-11"}
    assert client.post("/people/sites/", site).status_code == 302
    pages = client.get("/people/sites/").content.decode() + client.get("/people/?text=" + hostile).content.decode()
    assert "<script>alert" not in pages
    assert "<img src=x" not in pages
    assert '<th scope="row">49<' not in pages
