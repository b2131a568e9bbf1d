from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.approvals.actions import approve
from anxin.desk.foundation.approvals.models import Approval
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import Refusal
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.permissions.authority import SecondFactorNeeded
from anxin.desk.foundation.privacy.actions import Sealed, reveal_field
from anxin.desk.foundation.privacy.errors import CaseNeeded, NotRevealable, PurposeNeeded, SecondPersonNeeded
from anxin.desk.foundation.vault.sealing import seal

PHONE = "13812341234"


@pytest.fixture
def phone(organisation: Organisation) -> Sealed:
    value = seal(organisation.id, PHONE, about="party.phone:1", at=NIGHT)
    return Sealed("phone", ("user", "u1"), value, "party.phone:1")


@pytest.fixture
def identity(organisation: Organisation) -> Sealed:
    value = seal(organisation.id, "11010519491231002X", about="party.id:1", at=NIGHT)
    return Sealed("identity_number", ("user", "u1"), value, "party.id:1")


def trail() -> list[str]:
    return list(AuditEntry.objects.filter(act="field.reveal").values_list("details", flat=True))


def test_a_field_is_revealed_for_a_minute_and_recorded(phone: Sealed, actor: Callable[..., Actor]) -> None:
    shown = reveal_field(phone, purpose="stop_loss", case_id="", by=actor("specialist"), at=NIGHT)
    assert (shown.value, shown.until) == (PHONE, NIGHT + timedelta(seconds=60))
    assert trail() == ['{"case":"","kind":"phone","purpose":"stop_loss"}']


@pytest.mark.parametrize(
    ("role", "purpose", "case", "refusal"),
    [
        ("mentor", "stop_loss", "inc_1", NotRevealable),
        ("rule_author", "stop_loss", "inc_1", NotRevealable),
        ("administrator", "stop_loss", "inc_1", NotRevealable),
        ("specialist", "curiosity", "inc_1", PurposeNeeded),
        ("service_agent", "call_back", "", CaseNeeded),
    ],
)
def test_refusals_leave_nothing_behind(
    phone: Sealed, actor: Callable[..., Actor], role: str, purpose: str, case: str, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        reveal_field(phone, purpose=purpose, case_id=case, by=actor(role), at=NIGHT)
    assert trail() == []


def test_without_a_second_factor_nothing_is_revealed(phone: Sealed, actor: Callable[..., Actor]) -> None:
    with pytest.raises(SecondFactorNeeded):
        reveal_field(phone, purpose="stop_loss", case_id="", by=replace(actor("specialist"), is_strong=False), at=NIGHT)


def test_an_agent_may_reveal_twenty_a_day(phone: Sealed, actor: Callable[..., Actor]) -> None:
    by = actor("service_agent")
    for _ in range(20):
        reveal_field(phone, purpose="call_back", case_id="inc_1", by=by, at=NIGHT)
    with pytest.raises(Refusal, match="quota"):
        reveal_field(phone, purpose="call_back", case_id="inc_1", by=by, at=NIGHT)
    assert len(trail()) == 20
    reveal_field(phone, purpose="call_back", case_id="inc_1", by=by, at=NIGHT + timedelta(days=1))


def test_an_id_number_needs_a_second_person_and_serves_once(identity: Sealed, actor: Callable[..., Actor]) -> None:
    by = actor("specialist")
    with pytest.raises(SecondPersonNeeded):
        reveal_field(identity, purpose="verify_identity", case_id="", by=by, at=NIGHT)
    assert trail() == []
    approve(approval_id=Approval.objects.get().id, by=actor("data_protection"), at=NIGHT)
    shown = reveal_field(identity, purpose="verify_identity", case_id="", by=by, at=NIGHT)
    assert shown.value == "11010519491231002X"
    with pytest.raises(SecondPersonNeeded):
        reveal_field(identity, purpose="verify_identity", case_id="", by=by, at=NIGHT)
