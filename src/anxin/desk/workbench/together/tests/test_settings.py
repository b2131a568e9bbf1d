"""Settings by form: one kind of incident, and the minutes of the promise; a wrong one changes nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from anxin.desk.conftest import Clock
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.operations.incidents.clocks.policy import shipped_policy
from anxin.desk.operations.incidents.clockwork import current_policy
from anxin.desk.operations.incidents.kinds import find_kind, shipped_kinds
from anxin.desk.operations.incidents.models import KindVersion, PolicyVersion
from anxin.desk.operations.incidents.settings_text import settings_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(sign_in: Callable[..., Client], clock: Clock) -> Client:
    """A shift lead's browser."""
    return sign_in("shift_lead")


KIND = "/incident-settings/kinds/phishing/"


def kind_given(**more: object) -> dict[str, object]:
    return {
        "name_zh": "钓鱼",
        "name_en": "Phish",
        "level": "1",
        "procedure": "PB-05",
        "fold_minutes": "45",
        "evidence": "2",
        "checks": ["link_blocked"],
        "responsible": ["specialist", "legal"],
        "accountable": "shift_lead",
        "consulted": [],
        "informed": ["operations"],
        **more,
    }


def test_one_kind_is_changed_by_form_and_goes_back(browser: Client, organisation: Organisation, clock: Clock) -> None:
    assert f'href="{KIND}"' in browser.get("/incident-settings/").content.decode()
    assert (browser.get(KIND).status_code, browser.get(KIND.replace("phishing", "nothing")).status_code) == (200, 404)
    assert browser.post(KIND, kind_given()).status_code == 302
    found = find_kind(organisation.id, "phishing", at=clock.moment)
    assert found is not None
    assert (found.level, found.procedure, found.evidence, found.checks) == (1, "PB-05", 2, ("link_blocked",))
    assert (found.raci.responsible, found.raci.informed) == (("specialist", "legal"), ("operations",))
    assert browser.post(KIND, kind_given()).status_code == 302
    assert KindVersion.objects.count() == 1
    assert found.words == ("钓鱼", "Phish")
    page = browser.get("/incident-settings/", headers={"accept-language": "en"}).content.decode()
    assert ">Phish</a>" in page
    assert browser.post(KIND, {"reset": "name"}).status_code == 302
    named = find_kind(organisation.id, "phishing", at=clock.moment)
    assert named is not None
    assert (named.words, named.evidence) == (shipped_kinds()["phishing"].words, 2)
    assert browser.post(KIND, {"reset": "1"}).status_code == 302
    back = find_kind(organisation.id, "phishing", at=clock.moment)
    assert back is not None
    assert settings_of(back) == settings_of(shipped_kinds()["phishing"])


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("name_zh", ""),
        ("name_en", ""),
        ("name_en", "x" * 41),
        ("name_zh", "撞库"),
        ("level", "4"),
        ("procedure", "../x"),
        ("fold_minutes", "-1"),
        ("evidence", "many"),
        ("responsible", []),
        ("accountable", "nobody"),
        ("checks", ["nothing"]),
    ],
)
def test_a_wrong_setting_of_a_kind_is_refused_and_kept(browser: Client, field: str, wrong: object) -> None:
    answer = browser.post(KIND, kind_given() | {field: wrong})
    assert (answer.status_code, KindVersion.objects.count()) == (422, 0)
    assert 'name="fold_minutes"' in answer.content.decode()


def test_the_minutes_of_the_promise_are_changed_by_form(
    browser: Client, organisation: Organisation, clock: Clock
) -> None:
    given = {"target_1": 20, "target_2": 45, "target_3": 120, "nudge_1": 5, "nudge_2": 20, "nudge_3": 45}
    refused = browser.post("/incident-settings/minutes/", given | {"target_1": 0})
    assert (refused.status_code, PolicyVersion.objects.count()) == (422, 0)
    assert browser.post("/incident-settings/minutes/", given).status_code == 302
    policy = current_policy(organisation.id, at=clock.moment)
    assert [int(policy.levels[each].target.total_seconds() // 60) for each in (1, 2, 3)] == [20, 45, 120]
    assert policy.levels[1].ladder == shipped_policy().levels[1].ladder
