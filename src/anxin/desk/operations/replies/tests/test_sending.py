"""Send once, after a look at findings and at what others did; the promise hears of it when it was delivered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import Conflict, FieldInvalid, NotFound
from anxin.desk.foundation.outbox.models import Fact
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.operations.incidents.actions import contacts, levels, notes
from anxin.desk.operations.incidents.actions.signals import Named
from anxin.desk.operations.incidents.detail import get_detail, list_timeline
from anxin.desk.operations.incidents.models import Incident, IncidentEvent, Party
from anxin.desk.operations.incidents.replay import replay
from anxin.desk.operations.replies.actions import NewReply, Sending, check_carefully, send_reply, settle_reply
from anxin.desk.operations.replies.errors import AlreadySettled, Collided, Doubtful, NobodyToTell
from anxin.desk.operations.replies.models import Reply
from anxin.desk.operations.replies.queries import fetch_outgoing, list_outgoing, list_replies

pytestmark = pytest.mark.django_db
CALM = NewReply("您好，您的账号已保护，请在官方 App 查看进展。")
SOON = NIGHT + timedelta(minutes=4)


def send(incident: Incident, by: Actor, text: str = CALM.text, key: str = "k1", **sending: object) -> Reply:
    given = Sending(key, **sending)  # type: ignore[arg-type]
    return send_reply(incident_id=incident.id, reply=NewReply(text), sending=given, by=by, at=SOON)


def settle(reply: Reply, by: Actor, *, has_arrived: bool = True, minute: int = 5) -> Reply:
    at = NIGHT + timedelta(minutes=minute)
    return settle_reply(reply_id=reply.id, has_arrived=has_arrived, receipt="p1", failure="offline", by=by, at=at)


def test_the_promise_is_kept_when_the_platform_delivered(incident: Incident, agent: Actor, platform: Actor) -> None:
    reply = send(incident, agent)
    incident.refresh_from_db()
    assert (reply.state, incident.contacted_at, incident.clock_standing) == ("sent", None, "running")
    assert list_outgoing(by=platform) == (reply.id,)
    assert settle(reply, platform).state == "delivered"
    incident.refresh_from_db()
    assert (incident.contacted_at, incident.clock_standing) == (NIGHT + timedelta(minutes=5), "met")
    assert list_outgoing(by=platform) == ()
    assert replay(incident) == ()


def test_a_receipt_twice_and_a_lying_one_change_nothing(incident: Incident, agent: Actor, platform: Actor) -> None:
    reply = send(incident, agent)
    settle(reply, platform)
    events = IncidentEvent.objects.count()
    assert settle(reply, platform, minute=9).delivered_at == NIGHT + timedelta(minutes=5)
    with pytest.raises(AlreadySettled):
        settle(reply, platform, has_arrived=False)
    assert IncidentEvent.objects.count() == events


def test_what_failed_is_an_attempt_and_may_arrive_later(incident: Incident, agent: Actor, platform: Actor) -> None:
    reply = send(incident, agent)
    settle(reply, platform, has_arrived=False)
    incident.refresh_from_db()
    assert (incident.attempts, incident.contacted_at) == (1, None)
    assert settle(reply, platform, minute=8).state == "delivered"
    incident.refresh_from_db()
    assert incident.contacted_at == NIGHT + timedelta(minutes=8)


def test_the_same_key_is_sent_once(incident: Incident, agent: Actor) -> None:
    first = send(incident, agent)
    events = IncidentEvent.objects.count()
    assert send(incident, agent, text="something else").id == first.id
    assert (Reply.objects.count(), IncidentEvent.objects.count()) == (1, events)
    assert send(incident, agent, key="k2").id != first.id


def test_a_colleagues_act_in_between_is_shown_first(incident: Incident, agent: Actor, lead: Actor) -> None:
    seen = incident.next_event_seq - 1
    levels.raise_level(incident_id=incident.id, level=1, code="new_facts", by=lead, at=NIGHT)
    send(incident, lead, key="theirs")
    before = Reply.objects.count()
    with pytest.raises(Collided) as refused:
        send(incident, agent, seen=seen)
    assert refused.value.unmet == ("collision.raise_level", "collision.reply")
    assert Reply.objects.count() == before
    assert send(incident, agent, seen=seen, is_aware=True).state == "sent"


def test_one_s_own_acts_and_notes_of_others_do_not_collide(incident: Incident, agent: Actor, lead: Actor) -> None:
    seen = incident.next_event_seq - 1
    notes.add_note(incident_id=incident.id, text="look at the device", by=lead, at=NIGHT)
    levels.raise_level(incident_id=incident.id, level=1, code="new_facts", by=agent, at=NIGHT)
    assert send(incident, agent, seen=seen).state == "sent"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("请把验证码发我，我帮您处理", "reply.asks_secret"),
        ("保证全额赔付，您放心", "reply.over_promise"),
        ("please transfer to this account", "reply.transfer"),
    ],
)
def test_what_must_not_be_said_unseen(incident: Incident, agent: Actor, text: str, code: str) -> None:
    with pytest.raises(Doubtful) as refused:
        send(incident, agent, text=text)
    assert code in refused.value.unmet
    assert not Reply.objects.exists()
    kept = send(incident, agent, text=text, accepted=refused.value.unmet)
    assert code in kept.accepted.split()


def test_the_reply_stands_sealed_and_in_the_timeline(incident: Incident, agent: Actor, platform: Actor) -> None:
    notes.keep_draft(incident_id=incident.id, slot="reply", text=CALM.text, revision=3, by=agent, at=NIGHT)
    reply = send(incident, agent)
    assert CALM.text.encode() not in bytes(Reply.objects.get().text_sealed)
    line = list_timeline(incident_id=incident.id, by=agent)[-1]
    assert (line.kind, line.note, line.data["channel"]) == ("reply", CALM.text, "chat")
    assert CALM.text not in Fact.objects.latest("id").payload
    assert get_detail(incident_id=incident.id, by=agent, at=NIGHT).drafts == {}
    with pytest.raises(Conflict):
        notes.keep_draft(incident_id=incident.id, slot="reply", text="late", revision=3, by=agent, at=NIGHT)
    fetched = fetch_outgoing(reply_id=reply.id, by=platform, at=SOON)
    assert (fetched.text, [(each.kind, each.key) for each in fetched.recipients]) == (CALM.text, [("user", "u1")])


def test_a_common_answer_reaches_everybody_affected(seen: Callable[..., Incident], agent: Actor) -> None:
    entities = tuple(Named("victim", "user", f"u{each}") for each in range(3))
    incident = seen(level=2, entities=(*entities, Named("suspect", "user", "bad")))
    assert send(incident, agent).recipients == 3
    one = Party.objects.get(entity_key="bad")
    reply = NewReply(CALM.text, party_id=one.id)
    asked = send_reply(incident_id=incident.id, reply=reply, sending=Sending("k2"), by=agent, at=SOON)
    assert asked.recipients == 1


def test_who_may_not(
    incident: Incident, seen: Callable[..., Incident], agent: Actor, platform: Actor, actor: Callable[..., Actor]
) -> None:
    with pytest.raises(Forbidden):
        send(incident, actor("auditor"))
    with pytest.raises(Forbidden):
        fetch_outgoing(reply_id="rpl_1", by=agent, at=SOON)
    with pytest.raises(NotFound):
        settle_reply(reply_id="rpl_1", has_arrived=True, receipt="", failure="", by=platform, at=SOON)
    with pytest.raises(NobodyToTell):
        send(seen(entities=(Named("suspect", "user", "bad"),)), agent)
    with pytest.raises(FieldInvalid):
        send(incident, agent, text=" ")
    assert not Reply.objects.exists()


def test_a_careful_check_tells_the_customer_and_ends_by_the_answer(
    incident: Incident, agent: Actor, platform: Actor
) -> None:
    due = incident.due_at
    told = check_carefully(
        incident_id=incident.id,
        reply=NewReply("正在核实，请稍候。"),
        sending=Sending("c1"),
        reason="checking_facts",
        by=agent,
        at=NIGHT,
    )
    incident.refresh_from_db()
    assert (incident.care_until, incident.due_at) == (NIGHT + contacts.LONGEST_CARE, due)
    settle(told, platform)
    incident.refresh_from_db()
    assert incident.contacted_at is None
    send(incident, agent)
    incident.refresh_from_db()
    assert incident.care_until is None
    assert [each.purpose for each in list_replies(incident_id=incident.id, by=agent, at=SOON)] == ["care", "reply"]


def test_a_missing_receipt_is_said_after_a_minute(incident: Incident, agent: Actor) -> None:
    send(incident, agent)
    lines = [
        list_replies(incident_id=incident.id, by=agent, at=SOON + timedelta(seconds=each))[0].is_unconfirmed
        for each in (60, 61)
    ]
    assert lines == [False, True]
