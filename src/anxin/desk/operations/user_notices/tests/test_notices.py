"""Told once, in both languages, with remedy and appeal; never a suspect where that would warn them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from anxin.desk.boot.reactions import REACTIONS, react
from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.actor import Actor, ActorKind, Grade, Grant
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.outbox.models import Fact
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.operations.incidents.actions.opening import Seen, open_incident
from anxin.desk.operations.incidents.actions.signals import Named
from anxin.desk.operations.incidents.kinds import shipped_kinds
from anxin.desk.operations.incidents.models import IncidentEvent
from anxin.desk.operations.measures.actions import Target, ask_for_measure, order_measure, undo_measure
from anxin.desk.operations.measures.catalogue import measures, reasons
from anxin.desk.operations.user_notices.actions import settle_notice, tell_placed
from anxin.desk.operations.user_notices.models import UserNotice
from anxin.desk.operations.user_notices.queries import list_notices_of
from anxin.desk.operations.user_notices.texts import _document, text_lifted, text_placed, why_withheld

pytestmark = pytest.mark.django_db
ActorWith = Callable[..., Actor]
USER = Target("user", "u_1")


def let_react() -> None:
    for each in REACTIONS:
        react(each, NIGHT)


def platform(organisation_id: str) -> Actor:
    grants = {"event.send": Grant(Grade.ALONE)}
    return Actor(organisation_id, ActorKind.SERVICE, "platform", person_id="svc_1", grants=grants)


def sent() -> list[dict[str, str]]:
    return [json.loads(each.payload) for each in Fact.objects.filter(kind="user.notice").order_by("seq")]


def test_the_holder_is_told_once_with_reason_remedy_and_appeal(actor: ActorWith) -> None:
    lead = actor("shift_lead")
    order_measure("freeze_account", USER, reason="account_theft", by=lead, at=NIGHT)
    let_react()
    let_react()
    (fact,) = sent()
    assert fact["title_zh"] == "您的账号已被临时保护"
    assert fact["body_en"] == (
        "Why: we saw signs that somebody else is using your account."
        " Signing in, paying, payouts and messages are paused."
        " Paid orders and parcels under way are not affected. At the longest until 2026-11-23 03:10."
        " Prove with your own phone that it is you and change your password; then it is open again."
    )
    assert "申诉" in fact["appeal_zh"]
    assert fact["tell_by"] == "2026-11-21T19:20:00+00:00"
    assert UserNotice.objects.get().state == "sent"


def test_what_only_waits_for_approval_is_not_told(actor: ActorWith) -> None:
    row = ask_for_measure("freeze_account", USER, reason="account_theft", by=actor("service_agent"), at=NIGHT)
    assert tell_placed(measure_id=row.id, organisation_id=row.organisation_id, at=NIGHT) is None
    assert UserNotice.objects.count() == 0


def test_the_end_is_told_too_and_delivery_is_recorded(actor: ActorWith) -> None:
    lead = actor("shift_lead")
    incident = open_incident(Seen("account_takeover", entities=(Named("victim", "user", "u_1"),)), by=lead, at=NIGHT)
    target = replace(USER, incident_id=incident.id)
    measure = order_measure("freeze_account", target, reason="account_theft", by=lead, at=NIGHT)
    let_react()
    begun = UserNotice.objects.get()
    by = platform(lead.organisation_id)
    settle_notice(notice_id=begun.id, is_delivered=True, by=by, at=NIGHT)
    settle_notice(notice_id=begun.id, is_delivered=False, why="late", by=by, at=NIGHT)
    undo_measure(measure_id=measure.id, by=lead, at=NIGHT)
    let_react()
    lines = list_notices_of(incident_id=incident.id, by=lead, at=NIGHT + timedelta(minutes=11))
    assert {(each.occasion, each.state, each.is_late) for each in lines} == {
        ("placed", "delivered", False),
        ("lifted", "sent", True),
    }
    events = IncidentEvent.objects.filter(incident_id=incident.id, kind="user_notice").order_by("seq")
    assert [json.loads(each.data)["state"] for each in events] == ["sent", "delivered", "sent"]
    assert sent()[1]["body_zh"] == "上述限制已解除，一切恢复正常。"


def test_a_suspect_is_not_tipped_off_and_the_victim_is_told(actor: ActorWith) -> None:
    lead = actor("shift_lead")
    parties = (Named("suspect", "user", "u_1"), Named("victim", "user", "u_2"))
    incident = open_incident(Seen("laundering", entities=parties), by=lead, at=NIGHT)
    for key in ("u_1", "u_2"):
        target = Target("user", key, incident_id=incident.id)
        order_measure("hold_payout", target, reason="payment_fraud", by=lead, at=NIGHT)
    mule = order_measure("freeze_account", Target("user", "u_3"), reason="mule", by=lead, at=NIGHT)
    let_react()
    assert [each["entity_key"] for each in sent()] == ["u_2"]
    withheld = UserNotice.objects.filter(state="withheld").values_list("why", flat=True)
    assert set(withheld) == {"kind.suspect", "reason.suspect"}
    undo_measure(measure_id=mule.id, by=lead, at=NIGHT)
    let_react()
    assert len(sent()) == 1
    assert AuditEntry.objects.filter(act="user_notice.withhold").count() == 2
    assert "u_1" not in json.dumps(sent())


def test_only_the_platform_of_the_organisation_settles(actor: ActorWith, other_organisation: Organisation) -> None:
    lead = actor("shift_lead")
    order_measure("freeze_account", USER, reason="account_theft", by=lead, at=NIGHT)
    let_react()
    notice = UserNotice.objects.get()
    for by, refusal in ((lead, Forbidden), (platform(other_organisation.id), NotFound)):
        with pytest.raises(refusal):
            settle_notice(notice_id=notice.id, is_delivered=True, by=by, at=NIGHT)
    assert UserNotice.objects.get().state == "sent"
    typed = "李雷 13800138000"
    row = settle_notice(notice_id=notice.id, is_delivered=False, why=typed, by=platform(lead.organisation_id), at=NIGHT)
    assert (row.state, row.why) == ("failed", "other")


@pytest.mark.parametrize("measure", sorted(measures()))
@pytest.mark.parametrize("reason", sorted(reasons()))
def test_every_measure_has_words_for_every_reason(measure: str, reason: str) -> None:
    text = text_placed(measure, reason, until=NIGHT, zone="Asia/Shanghai")
    for words in (text.title, text.body, text.appeal, text_lifted(measure).body):
        assert words.zh
        assert not re.search(r"[{}]", words.zh + words.en)
        assert not re.search(r"[\u4e00-\u9fff]", words.en)
    assert "2026-11-22 03:10" in text.body.zh


def test_the_quiet_kinds_are_kinds() -> None:
    assert set(_document()["quiet_kinds"]) <= set(shipped_kinds())
    assert why_withheld("account_theft", kind="brushing", is_suspect=False) == ""


def test_the_preview_says_what_is_told_or_that_nothing_is(sign_in: Callable[..., Client], clock: Clock) -> None:
    browser = sign_in("service_agent")
    shown = browser.get("/user-notices/preview/freeze_account/?reason=account_theft").content.decode()
    assert "Your account is protected for now" in shown
    quiet = browser.get("/user-notices/preview/freeze_account/?reason=mule").content.decode()
    assert "told nothing" in quiet
    assert "protected" not in quiet
    assert browser.get("/user-notices/preview/freeze_account/?reason=whim").status_code == 404
