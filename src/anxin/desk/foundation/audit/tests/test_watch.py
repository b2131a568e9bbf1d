from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.test import Client

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.audit.actions import record_entry
from anxin.desk.foundation.audit.models import InsiderAlert
from anxin.desk.foundation.audit.tasks import watch_access
from anxin.desk.foundation.edge.actor import Actor


def _view(by: Actor, times: int, **details: str) -> None:
    with transaction.atomic():
        for number in range(times):
            seen = {"entity": f"user:{number}", **details}
            record_entry("entity.view", by=by, at=NIGHT, on=("user", str(number)), details=seen)


def _alerts() -> list[tuple[str, str, int]]:
    return [
        (each.rule, each.actor_label, each.measured) for each in InsiderAlert.objects.order_by("rule", "actor_label")
    ]


def test_a_hundred_profiles_in_an_hour_are_noticed_once(actor: Callable[..., Actor]) -> None:
    _view(actor("service_agent"), 100)
    assert (watch_access(NIGHT), watch_access(NIGHT + timedelta(minutes=1))) == (1, 0)
    assert _alerts() == [("RI01", "service_agent", 100)]


def test_views_that_belong_to_a_case_are_work(actor: Callable[..., Actor]) -> None:
    _view(actor("service_agent"), 100, case="inc_1")
    assert watch_access(NIGHT) == 0


def test_reveals_are_measured_against_peers(actor: Callable[..., Actor]) -> None:
    for name, times in (("usual", 5), ("diligent", 8), ("curious", 60)):
        by = actor("specialist", username=name)
        with transaction.atomic():
            for number in range(times):
                record_entry("field.reveal", by=by, at=NIGHT, on=("user", str(number)))
    watch_access(NIGHT)
    assert _alerts() == [("RI02", "curious", 60)]


def test_a_small_export_at_night_is_noticed(actor: Callable[..., Actor]) -> None:
    by = actor("compliance")
    with transaction.atomic():
        record_entry("data.export", by=by, at=NIGHT, on=("organisation", by.organisation_id), details={"n": 12})
    watch_access(NIGHT)
    assert _alerts() == [("RI03", "compliance", 1000)]


def test_one_sign_in_from_three_places_is_noticed(actor: Callable[..., Actor]) -> None:
    by = actor("service_agent")
    with transaction.atomic():
        for minute, place in enumerate(("广东", "福建", "云南")):
            at = NIGHT + timedelta(minutes=minute)
            record_entry("session.open", by=by, at=at, on=("person", by.person_id or ""), details={"place": place})
    watch_access(NIGHT)
    assert _alerts() == [("RI05", "service_agent", 3)]


def test_alerts_are_for_auditors_and_never_about_oneself(
    sign_in: Callable[..., Client], actor: Callable[..., Actor]
) -> None:
    _view(actor("service_agent"), 40)
    watch_access(NIGHT)
    auditor = sign_in("auditor")
    asked = auditor.get("/audit/alerts/", headers={"accept-language": "zh"}).content.decode()
    assert ("无工单查看资料过多" in asked, "RI01" in asked, "询问原因" in asked) == (True, True, True)
    assert '<option value="explained">已说明，属正常工作</option>' in asked
    assert sign_in("shift_lead").get("/audit/alerts/").status_code == 403
    alert = InsiderAlert.objects.get()
    answer = auditor.post(f"/audit/alerts/{alert.id}/close/", {"finding": "explained", "reason": "promotion day"})
    assert answer.status_code == 302
    alert.refresh_from_db()
    assert alert.finding == "explained"
    again = auditor.post(f"/audit/alerts/{alert.id}/close/", {"finding": "case", "reason": "twice"})
    assert again.status_code == 404
