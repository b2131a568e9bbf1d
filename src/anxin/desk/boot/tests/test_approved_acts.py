"""What an approver reads of every kind of request there is: words instead of ids, what follows, what is at stake."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from django.test import Client
from django.urls import resolve
from pytest_django import Settings

from anxin.desk.boot.approved_acts import ACTS
from anxin.desk.conftest import NIGHT
from anxin.desk.decisioning.conftest import Night, event, order
from anxin.desk.decisioning.lists.actions import ask_for_change
from anxin.desk.decisioning.lists.tests.test_actions import wanted
from anxin.desk.foundation.approvals.actions import approve
from anxin.desk.foundation.approvals.acts import Description
from anxin.desk.foundation.approvals.models import Approval
from anxin.desk.foundation.approvals.queries import describe_rows, get_inbox
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.organisations.invitations import Guest, invite_person
from anxin.desk.foundation.organisations.models import Organisation, Person
from anxin.desk.foundation.organisations.rights import request_role
from anxin.desk.foundation.privacy.actions import Sealed, place_hold, request_erasure, request_release, reveal_field
from anxin.desk.foundation.privacy.errors import SecondPersonNeeded
from anxin.desk.foundation.sign_in.reenrolments import open_reenrolment
from anxin.desk.foundation.vault.sealing import seal
from anxin.desk.operations.evidence.actions.collecting import NewPiece, collect_evidence
from anxin.desk.operations.evidence.actions.exporting import ask_for_originals
from anxin.desk.operations.evidence.actions.holding import ask_to_lift, hold_evidence
from anxin.desk.operations.evidence.actions.letting_go import ask_to_erase
from anxin.desk.operations.incidents.access import CONFIDENTIAL
from anxin.desk.operations.incidents.actions import levels, responding
from anxin.desk.operations.incidents.actions.configuring import set_policy
from anxin.desk.operations.incidents.actions.opening import Seen, open_incident
from anxin.desk.operations.incidents.actions.recomputing import ask_to_recompute
from anxin.desk.operations.incidents.actions.signals import Named
from anxin.desk.operations.incidents.models import Incident
from anxin.desk.operations.incidents.tests.test_configuring import STRICTER
from anxin.desk.operations.intelligence.actions import propose_publication, review_signatures
from anxin.desk.operations.intelligence.tests.test_actions import SET
from anxin.desk.operations.measures.actions import (
    Target,
    ask_for_measure,
    ask_to_extend,
    ask_to_release,
    order_measure,
)
from anxin.desk.operations.measures.batches.actions import order_batch
from anxin.desk.operations.measures.tests.test_batches import many
from anxin.engine.log.keys import FileKeyRing

pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("clock")]
LATER = NIGHT + timedelta(minutes=5)
ID = re.compile(r"\b[a-z]{3}_[0-9A-Z]{10}")
"""An id of the desk's: nobody can tell by one what they agree to."""
SAID: Mapping[str, tuple[str, str]] = {
    "list.put": ("加入“盗刷卡”1 条：c1", "1 entry on “stolen cards”: c1"),
    "list.remove": ("从“盗刷卡”移出 1 条：old", "1 entry off “stolen cards”: old"),
    "measure.order": (
        "冻结账号：用户 u_1，原因“账号被盗”（L1 事件 #1 账号盗用）",
        "Freeze the account: user u_1, because of account theft (L1 incident #1, Account takeover)",
    ),
    "measure.release": (
        "解除“冻结账号”：用户 u_2，由 agent 以",
        "End “Freeze the account”: user u_2, ordered by agent",
    ),
    "measure.extend": (
        "延长“冻结账号”：用户 u_2，由 agent 以",
        "Extend “Freeze the account”: user u_2, ordered by agent",
    ),
    "measure.mass": ("冻结账号：25 个对象", "Freeze the account: 25 targets"),
    "incident.dismiss": (
        "排除 L1 事件 #1 账号盗用，原因“误报”",
        "Dismiss L1 incident #1, Account takeover: false alarm",
    ),
    "incident.recompute": ("按承诺版本 night-1 重算", "by version night-1"),
    "incident.lower_level": ("把 L1 事件 #1 账号盗用 降为 L3", "Lower L1 incident #1, Account takeover to L3"),
    "signatures.publish": ("发布特征集“own”版本 1：新增 2 条", "Publish the set “own”, version 1: 2 added"),
    "evidence.hand_over": ("对外移交 L1 事件 #1", "Hand over original evidence of L1 incident #1"),
    "evidence.lift_hold": (
        "解除法务留存：L1 事件 #1 账号盗用 的一件文本",
        "Lift the legal hold on a text of L1 incident #1, Account takeover",
    ),
    "evidence.erase": ("永久删除证据内容：L1 事件 #1 账号盗用 的一件文本", "a text of L1 incident #1"),
    "data.erase": ("永久删除用户 u100 的全部个人信息", "Erase all personal data of user u100"),
    "data.lift_hold": ("解除对用户 u200 的法务留存（2026-11-2", "Lift the legal hold on user u200 (since 2026-11-2"),
    "field.reveal_identity": (
        "让 agent 查看用户 u1 的证件号码，目的“核验身份”",
        "Let agent see the ID number of user u1, to verify an identity",
    ),
    "person.invite": ("邀请 wei.lin 加入，角色：导师", "Invite wei.lin as"),
    "person.reenrol": ("帮 mei 重新绑定验证方式", "Help mei to set up new factors"),
    "person.grant_role": ("授予 mei 角色“", "Give mei the role"),
}
"""What at least is said of each kind, in Chinese and English: a new kind needs a line."""


@pytest.fixture
def night(tmp_path: Path, settings: Settings, organisation: Organisation) -> Night:
    """The shop's log and its projection, in a folder of this test alone."""
    settings.ANXIN = msgspec.structs.replace(settings.ANXIN, data=tmp_path)
    return Night(tmp_path, FileKeyRing(tmp_path / "master.key"), organisation)


@pytest.fixture
def incident(actor: Callable[..., Actor]) -> Incident:
    """An L1 with a victim and a sum."""
    seen = Seen(kind="account_takeover", level=1, entities=(Named("victim", "user", "u100"),))
    incident = open_incident(seen, by=actor("shift_lead", username="opener"), at=NIGHT)
    Incident.objects.filter(pk=incident.id).update(at_risk_minor=320_000, currency="CNY")
    return incident


@pytest.fixture
def everything(
    night: Night, incident: Incident, actor: Callable[..., Actor], admit: Callable[..., Person]
) -> Mapping[str, Description]:
    """One request of each kind, asked as people ask, and what another one reads of it."""
    agent, lead = actor("specialist", username="agent"), actor("shift_lead", username="lead")
    what = {"incident_id": incident.id, "note": "-", "by": lead, "at": NIGHT}
    responding.dismiss(code="false_alarm", is_reporter_answered=True, **what)  # type: ignore[arg-type]
    levels.lower_level(level=3, code="money_moving", **what)  # type: ignore[arg-type]
    _ask_about_lists(night, agent)
    _ask_about_measures(incident, agent, actor("service_agent", username="clerk"))
    _ask_about_evidence(incident, agent, actor("compliance", username="compliance"))
    _ask_about_people(agent, actor("data_protection", username="officer"))
    _ask_about_access(admit("mei", "service_agent"), actor)
    set_policy(text=STRICTER, by=lead, at=NIGHT)
    ask_to_recompute(by=lead, at=LATER)
    rows = list(Approval.objects.all())
    found = describe_rows(rows, by=actor("shift_lead", username="reader"), at=LATER)
    return {row.act: found[row.id] for row in rows}


def _ask_about_lists(night: Night, by: Actor) -> None:
    night.happened(event(1), order("list.put", 1, list="stolen_cards", entry={"value": "old"}))
    ask_for_change(wanted("c1"), by=by, at=NIGHT)
    ask_for_change(wanted("old", act="remove"), by=by, at=NIGHT)
    text = SET.format(version="1", link="evil.example.net")
    propose_publication(proposal=review_signatures(text=text, by=by, at=NIGHT), by=by, at=NIGHT)


def _ask_about_measures(incident: Incident, by: Actor, clerk: Actor) -> None:
    ask_for_measure(
        "freeze_account", Target("user", "u_1", 820_000, incident.id), reason="account_theft", by=by, at=NIGHT
    )
    stood = order_measure("freeze_account", Target("user", "u_2"), reason="account_theft", by=by, at=NIGHT)
    ask_to_release(measure_id=stood.id, note="误冻", by=clerk, at=NIGHT)
    ask_to_extend(measure_id=stood.id, note="仍在核实", by=by, at=NIGHT)
    order_batch(many(25), by=by, at=NIGHT)


def _ask_about_evidence(incident: Incident, agent: Actor, compliance: Actor) -> None:
    pieces = [
        collect_evidence(NewPiece(text), incident_id=incident.id, by=agent, at=NIGHT).evidence_id
        for text in (b"one", b"two")
    ]
    hold_evidence(evidence_id=pieces[0], reason="court", by=compliance, at=NIGHT)
    ask_to_lift(evidence_id=pieces[0], reason="over", by=compliance, at=NIGHT)
    ask_to_erase(evidence_id=pieces[1], reason="asked for", by=compliance, at=NIGHT)
    ask_for_originals(incident_id=incident.id, reason="police", by=compliance, at=NIGHT)


def _ask_about_people(agent: Actor, officer: Actor) -> None:
    request_erasure(subject="user:u100", reason="本人要求", by=officer, at=NIGHT)
    hold = place_hold(subject="user:u200", reason="警方调取", by=officer, at=NIGHT)
    request_release(hold_id=hold.id, reason="结案", by=officer, at=NIGHT)
    value = seal(agent.organisation_id, "11010519491231002X", about="party.id:1", at=NIGHT)
    with pytest.raises(SecondPersonNeeded):
        reveal_field(
            Sealed("identity_number", ("user", "u1"), value, "party.id:1"),
            purpose="verify_identity",
            case_id="",
            by=agent,
            at=NIGHT,
        )


def _ask_about_access(mei: Person, actor: Callable[..., Actor]) -> None:
    admin, _, _ = (actor("administrator", username=name) for name in ("one", "two", "three"))
    invite_person(Guest("wei.lin", "林薇", ("mentor",)), by=admin, at=NIGHT)
    request_role(person_id=mei.id, role="mentor", site_id=None, until=None, by=admin, at=NIGHT, reason="夜班")
    open_reenrolment(person_id=mei.id, reason="手机丢失", by=admin, at=NIGHT)


def test_every_kind_of_request_is_read_in_words(everything: Mapping[str, Description]) -> None:
    assert set(everything) == set(ACTS) == set(SAID)
    for name, about in everything.items():
        sentences = [about.words, about.follows, *([about.stake] if about.stake is not None else [])]
        assert all(each.zh and each.en for each in sentences), name
        assert not [each for words in sentences for each in words if ID.search(each)], name
        assert SAID[name][0] in about.words.zh, name
        assert SAID[name][1] in about.words.en, name
        assert about.href == "" or resolve(about.href), name


def test_what_is_at_stake_and_what_follows(everything: Mapping[str, Description]) -> None:
    assert everything["measure.order"].stake == ("8,200.00 元", "8,200.00 CNY")
    assert everything["incident.dismiss"].stake == (
        "涉险 3,200.00 CNY，1 名受害人，时限 11-21 19:40",
        "3,200.00 CNY at risk, 1 victim, due 11-21 19:40",
    )
    assert "时限从 11-21 19:40 变为 11-21 21:10" in everything["incident.lower_level"].follows.zh
    assert everything["evidence.hand_over"].stake == ("2 件原件", "2 originals")
    assert everything["data.erase"].stake == ("1 起未结事件涉及此人", "1 open incident names them")
    assert everything["data.lift_hold"].stake == ("没有未结事件涉及此人", "no open incident names them")


def test_a_lowered_incident_is_still_said_to_have_been_lowered(
    incident: Incident, actor: Callable[..., Actor], sign_in: Callable[..., Client]
) -> None:
    asked = levels.lower_level(
        incident_id=incident.id, level=3, code="contained", note="-", by=actor("specialist"), at=NIGHT
    )
    approve(approval_id=asked.id, by=actor("shift_lead", username="second"), at=NIGHT)
    shown = describe_rows([asked], by=actor("shift_lead", username="reader"), at=NIGHT)[asked.id]
    assert shown.words.en == "Lower L1 incident #1, Account takeover to L3: the risk is contained"


def test_what_somebody_may_not_see_they_cannot_approve(
    incident: Incident, actor: Callable[..., Actor], other_organisation: Organisation
) -> None:
    Incident.objects.filter(pk=incident.id).update(is_confidential=True)
    compliance, lead = actor("compliance"), actor("shift_lead", username="blind")
    blind = replace(lead, grants={code: each for code, each in lead.grants.items() if code != CONFIDENTIAL})
    asked = responding.dismiss(
        incident_id=incident.id, code="false_alarm", note="-", is_reporter_answered=True, by=compliance, at=NIGHT
    )
    assert isinstance(asked, Approval)
    assert get_inbox(by=blind, at=NIGHT).waiting == ()
    with pytest.raises(NotFound):
        approve(approval_id=asked.id, by=blind, at=NIGHT)
    asked.refresh_from_db()
    incident.refresh_from_db()
    assert (asked.state, incident.stage) == ("pending", "identified")
    assert describe_rows([asked], by=actor("shift_lead", username="far", to=other_organisation), at=NIGHT) == {}


@pytest.mark.parametrize("key", ["{about}", "u|v", "13800138000"])
def test_no_key_breaks_the_sentence_or_is_somebody(
    key: str, actor: Callable[..., Actor], sign_in: Callable[..., Client]
) -> None:
    ask_for_measure("freeze_account", Target("user", key), reason="account_theft", by=actor("specialist"), at=NIGHT)
    answer = sign_in("shift_lead").get("/approvals/", headers={"accept-language": "en"})
    assert (answer.status_code, b"Freeze the account: user" in answer.content) == (200, True)
    assert b"13800138000" not in answer.content
