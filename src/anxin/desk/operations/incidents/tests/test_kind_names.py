"""What an organisation calls its kinds: both languages, everywhere at once, nobody else's, back to the shipped name."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from django.test import Client

from anxin import desk
from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.operations.incidents.actions.configuring import import_kinds, set_kind
from anxin.desk.operations.incidents.kinds import find_kind, kind_name, kind_names, shipped_kinds
from anxin.desk.operations.incidents.models import Incident, KindVersion
from anxin.desk.operations.incidents.queries import QueueFilter, list_queue
from anxin.desk.operations.incidents.settings_text import export_kinds

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
CODE = "account_takeover"
DESK = Path(desk.__file__).parent
ASK_FOR_WHAT_IS_SHIPPED = {
    "operations/incidents/actions/configuring.py",
    "operations/incidents/actions/decisions.py",
    "operations/incidents/kinds.py",
    "operations/incidents/settings_text.py",
    "workbench/queue/filters.py",
    "workbench/together/settings_pages.py",
}
"""Who needs codes or what a name was: everybody else shows names, and asks `kind_names`."""
STOLEN = {"zh": "被盗的号", "en": "Stolen account"}


def rename(by: Actor, code: str = CODE, *, minutes: int = 0, **name: str) -> KindVersion:
    return set_kind(
        kind=code, change={"name": {"zh": name["zh"], "en": name["en"]}}, by=by, at=NIGHT + timedelta(minutes=minutes)
    )


def test_a_renamed_kind_is_called_so_everywhere_and_by_nobody_else(
    lead: Actor, seen: Callable[..., Incident], other_organisation: Organisation, sign_in: Callable[..., Client]
) -> None:
    incident = seen(level=2)
    assert kind_name(lead.organisation_id, CODE) == shipped_kinds()[CODE].words
    rename(lead, **STOLEN)
    assert kind_name(lead.organisation_id, CODE) == ("被盗的号", "Stolen account")
    assert kind_names(other_organisation.id) == {code: each.words for code, each in shipped_kinds().items()}
    (line,) = list_queue(QueueFilter(), by=lead, at=NIGHT).lines
    assert (line.kind, line.kind_zh, line.kind_en) == (CODE, "被盗的号", "Stolen account")
    found = find_kind(lead.organisation_id, CODE, at=NIGHT)
    assert found is not None
    assert found.words == line.kind_words
    client = sign_in("shift_lead", username="reader")
    for path in (f"/incidents/{incident.id}/", "/queue/", "/report/", "/wall/", "/incident-settings/", "/cases/"):
        shown = client.get(path, headers={"accept-language": "en"}).content.decode()
        assert ("Stolen account" in shown, "Account takeover" in shown) == (True, False), path
    answer = client.get(f"/api/v1/incidents/{incident.id}").json()["incident"]
    assert (answer["kind"], answer["kind_zh"], answer["kind_en"]) == (CODE, "被盗的号", "Stolen account")


def test_a_search_finds_the_new_name(
    lead: Actor, seen: Callable[..., Incident], sign_in: Callable[..., Client]
) -> None:
    seen(level=2)
    rename(lead, **STOLEN)
    client = sign_in("shift_lead", username="reader")
    assert "queue-row" in client.get("/queue/?q=被盗的号").content.decode()
    assert "queue-row" not in client.get("/queue/?q=账号盗用").content.decode()


def test_names_follow_each_other_and_go_back(lead: Actor) -> None:
    rename(lead, **STOLEN)
    rename(lead, zh="盗号", en="Hijack", minutes=1)
    assert kind_name(lead.organisation_id, CODE) == ("盗号", "Hijack")
    set_kind(kind=CODE, change={"level": 1, "name": {"zh": "盗号", "en": "Hijack"}}, by=lead, at=NIGHT)
    assert kind_name(lead.organisation_id, CODE) == ("盗号", "Hijack")
    rename(lead, **shipped_kinds()[CODE].words._asdict(), minutes=2)
    assert kind_name(lead.organisation_id, CODE) == shipped_kinds()[CODE].words
    assert "name" not in json.loads(KindVersion.objects.latest("id").text)
    told = AuditEntry.objects.filter(act="incident.set_kind").order_by("seq").values_list("details", flat=True)
    assert [json.loads(each)["is_renamed"] for each in told] == [True, True, False, True]


@pytest.mark.parametrize(
    ("zh", "en", "pointer"),
    [
        ("", "Stolen", "/name/zh"),
        ("被盗", "", "/name/en"),
        ("被盗", "  ", "/name/en"),
        (" 被盗", "Stolen", "/name/zh"),
        ("被" * 21, "Stolen", "/name/zh"),
        ("被盗", "S" * 41, "/name/en"),
        ("被\n盗", "Stolen", "/name/zh"),
        ("撞库", "Stolen", "/name/zh"),
        ("被盗", "credential STUFFING", "/name/en"),
    ],
)
def test_a_name_that_cannot_be_is_refused(lead: Actor, zh: str, en: str, pointer: str) -> None:
    with pytest.raises(FieldInvalid) as refused:
        rename(lead, zh=zh, en=en)
    assert refused.value.pointer == pointer
    assert not KindVersion.objects.exists()
    assert not AuditEntry.objects.filter(act="incident.set_kind").exists()


def test_only_who_configures_renames(agent: Actor) -> None:
    with pytest.raises(Forbidden):
        rename(agent, **STOLEN)
    assert not KindVersion.objects.exists()


def test_names_travel_as_text(lead: Actor) -> None:
    import_kinds(text="kinds: {account_takeover: {name: {zh: 被盗的号, en: Stolen account}}}", by=lead, at=NIGHT)
    exported = yaml.safe_load(export_kinds(lead.organisation_id, at=NIGHT))["kinds"][CODE]
    assert exported["name"] == STOLEN
    with pytest.raises(FieldInvalid):
        import_kinds(text="kinds: {account_takeover: {name: {zh: 甲}}}", by=lead, at=NIGHT)
    assert KindVersion.objects.count() == 1


def test_nobody_shows_the_shipped_name() -> None:
    files = (each for each in DESK.rglob("*.py") if "tests" not in each.parts)
    asking = {str(each.relative_to(DESK)) for each in files if "shipped_kinds" in each.read_text(encoding="utf-8")}
    assert asking == ASK_FOR_WHAT_IS_SHIPPED


def test_an_undone_change_is_not_remembered(lead: Actor) -> None:
    """A version that was rolled back may leave its number to another one of the same database."""
    first = rename(lead, **STOLEN)
    assert kind_name(lead.organisation_id, CODE).en == "Stolen account"
    KindVersion.objects.filter(pk=first.pk).delete()
    KindVersion.objects.create(
        pk=first.pk,
        organisation_id=lead.organisation_id,
        kind=CODE,
        version=1,
        text=json.dumps({"name": {"zh": "盗号", "en": "Hijack"}}),
        since=NIGHT + timedelta(seconds=1),
        by_id="",
    )
    assert kind_name(lead.organisation_id, CODE).en == "Hijack"
