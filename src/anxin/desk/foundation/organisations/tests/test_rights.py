from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.approvals.actions import approve, decline
from anxin.desk.foundation.approvals.models import Approval
from anxin.desk.foundation.approvals.tasks import expire_overdue
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import FieldInvalid, NotFound, Refusal
from anxin.desk.foundation.organisations.actions import let_go
from anxin.desk.foundation.organisations.actors import actor_of
from anxin.desk.foundation.organisations.errors import NameTaken, OwnRights, RoleHeld, RolesApart
from anxin.desk.foundation.organisations.invitations import Guest, invite_person, withdraw_invitation
from anxin.desk.foundation.organisations.models import Invitation, Organisation, Person, RoleGrant
from anxin.desk.foundation.organisations.queries import list_to_recertify
from anxin.desk.foundation.organisations.rights import end_roles, recertify, request_role, revoke_role
from anxin.desk.foundation.organisations.tasks import expire_all_rights
from anxin.desk.foundation.outbox.models import Fact
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.foundation.ui.words import Words

ActorWith = Callable[..., Actor]
Admit = Callable[..., Person]
LATER = NIGHT + timedelta(minutes=5)


def ask(by: Actor, person: Person, role: str = "specialist", **more: object) -> Approval:
    given: dict[str, object] = {"site_id": None, "until": None} | more
    return request_role(person_id=person.id, role=role, by=by, at=NIGHT, **given)  # type: ignore[arg-type]


def held(person: Person) -> set[str]:
    return set(actor_of(person, at=LATER).roles)


@pytest.fixture
def administrators(actor: ActorWith) -> tuple[Actor, Actor]:
    return actor("administrator", username="one"), actor("administrator", username="two")


def test_role_is_given_by_two(administrators: tuple[Actor, Actor], admit: Admit) -> None:
    one, two = administrators
    person = admit("wei", "mentor")
    asked = ask(one, person)
    assert held(person) == {"mentor"}
    approve(approval_id=asked.id, by=two, at=LATER)
    assert held(person) == {"mentor", "specialist"}
    assert RoleGrant.objects.get(person=person, role="specialist").granted_by == one.person_id
    assert Fact.objects.filter(kind="person.rights_changed").count() == 1


@pytest.mark.parametrize(
    ("role", "has", "refusal"),
    [
        ("mentor", "mentor", RoleHeld),
        ("auditor", "mentor", RolesApart),
        ("administrator", "mentor", RolesApart),
        ("rule_author", "specialist", RolesApart),
        ("integrator", "mentor", FieldInvalid),
        ("emperor", "mentor", FieldInvalid),
    ],
)
def test_roles_that_are_not_given(
    administrators: tuple[Actor, Actor], admit: Admit, role: str, has: str, refusal: type[Refusal]
) -> None:
    person = admit("wei", has)
    with pytest.raises(refusal):
        ask(administrators[0], person, role)
    assert (Approval.objects.count(), held(person)) == (0, {has})


def test_small_team_joins_some_hands(administrators: tuple[Actor, Actor], admit: Admit) -> None:
    Organisation.objects.update(is_small_team=True)
    asked = ask(administrators[0], admit("wei", "specialist"), "rule_author")
    approve(approval_id=asked.id, by=administrators[1], at=LATER)
    with pytest.raises(RolesApart):
        ask(administrators[0], admit("lan", "auditor"), "specialist")


def test_nobody_gives_to_themselves(administrators: tuple[Actor, Actor], admit: Admit) -> None:
    one, two = administrators
    with pytest.raises(OwnRights):
        ask(one, Person.objects.get(pk=one.person_id), "rule_author")
    asked = ask(one, Person.objects.get(pk=two.person_id), "rule_author")
    with pytest.raises(OwnRights):
        approve(approval_id=asked.id, by=two, at=LATER)
    assert held(Person.objects.get(pk=two.person_id)) == {"administrator"}


def test_lead_may_only_ask(actor: ActorWith, admit: Admit, administrators: tuple[Actor, Actor]) -> None:
    lead = actor("shift_lead")
    asked = ask(lead, admit("wei", "mentor"))
    approve(approval_id=asked.id, by=administrators[0], at=LATER)
    with pytest.raises(Forbidden):
        ask(actor("specialist"), admit("lan", "mentor"))


def test_other_organisations_person_is_not_there(
    administrators: tuple[Actor, Actor], admit: Admit, other_organisation: Organisation
) -> None:
    foreign = admit("foreign", "mentor", to=other_organisation)
    with pytest.raises(NotFound):
        ask(administrators[0], foreign)
    with pytest.raises(NotFound):
        revoke_role(grant_id=RoleGrant.objects.get(person=foreign).id, by=administrators[0], at=LATER)
    site = other_organisation.sites.get()
    with pytest.raises(NotFound):
        ask(administrators[0], admit("wei", "mentor"), site_id=site.id)


@pytest.mark.parametrize("end", ["confirmed", "declined", "missed"])
def test_only_administrator_goes_ahead_and_is_looked_after(actor: ActorWith, admit: Admit, end: str) -> None:
    alone, person = actor("administrator", username="one"), admit("wei", "mentor")
    asked = ask(alone, person)
    assert (asked.state, held(person)) == ("due", {"mentor", "specialist"})
    if end == "missed":
        expire_overdue(at=NIGHT + timedelta(hours=12))
    else:
        decide = approve if end == "confirmed" else decline
        decide(approval_id=asked.id, by=actor("administrator", username="two"), at=LATER)
    assert held(person) == ({"mentor", "specialist"} if end == "confirmed" else {"mentor"})


def test_revoking_needs_one_and_works_at_once(administrators: tuple[Actor, Actor], admit: Admit) -> None:
    person = admit("wei", "mentor")
    revoke_role(grant_id=RoleGrant.objects.get(person=person).id, by=administrators[0], at=LATER)
    assert held(person) == set()


def test_letting_go_ends_everything(administrators: tuple[Actor, Actor], admit: Admit) -> None:
    person = admit("wei", "mentor")
    let_go(person_id=person.id, by=administrators[0], at=LATER)
    person.refresh_from_db()
    assert (person.is_active, held(person), person.has_usable_password()) == (False, set(), False)
    with pytest.raises(OwnRights):
        let_go(person_id=administrators[0].person_id or "", by=administrators[0], at=LATER)


def test_rights_end_by_themselves(admit: Admit) -> None:
    later = NIGHT + timedelta(days=89)
    for name in ("until", "vendor", "unused", "stays"):
        admit(name, "mentor")
    RoleGrant.objects.filter(person__username="until").update(until=NIGHT + timedelta(days=1))
    Person.objects.filter(username="vendor").update(contract_until=NIGHT + timedelta(days=1))
    Person.objects.filter(username="stays").update(active_at=later)
    assert expire_all_rights(at=NIGHT + timedelta(hours=23)) == 0
    assert expire_all_rights(at=NIGHT + timedelta(days=1)) == 2
    assert expire_all_rights(at=NIGHT + timedelta(days=90)) == 1
    why = dict(RoleGrant.objects.values_list("person__username", "revoked_because"))
    assert why == {"until": "until", "vendor": "contract", "unused": "unused", "stays": ""}
    assert AuditEntry.objects.filter(act="role.end").count() == 3


def test_certificate_that_ends_takes_the_role_along(admit: Admit, actor: ActorWith) -> None:
    person = admit("wei", "mentor")
    by = actor("administrator")
    assert end_roles(person_id=person.id, role="mentor", because="certificate", by=by, at=LATER) == 1
    assert held(person) == set()


def test_a_quarter_later_somebody_looks_again(admit: Admit, actor: ActorWith) -> None:
    wei, lead = admit("wei", "mentor"), actor("shift_lead")
    quarter = NIGHT + timedelta(days=91)
    assert list_to_recertify(by=lead, at=quarter - timedelta(days=1)) == ()
    [line] = list_to_recertify(by=lead, at=quarter)
    assert (line.username, line.role) == ("wei", "mentor")
    officer, second_lead = actor("data_protection"), actor("shift_lead", username="second-lead")
    for each in (lead, lead, second_lead):
        recertify(grant_id=line.grant_id, by=each, at=quarter)
    assert RoleGrant.objects.get(pk=line.grant_id).recertified_at is None
    waiting = {each.username for each in list_to_recertify(by=lead, at=quarter)}
    assert waiting == {"data_protection", "second-lead"}
    shown = {each.username: each.confirmed_as for each in list_to_recertify(by=officer, at=quarter)}
    assert shown["wei"] == Words("值班组长", "shift lead")
    recertify(grant_id=line.grant_id, by=officer, at=quarter)
    assert RoleGrant.objects.get(pk=line.grant_id).recertified_at == quarter
    acts = AuditEntry.objects.filter(act__in=("role.confirm", "role.recertify")).order_by("seq")
    assert [each.act for each in acts] == ["role.confirm", "role.recertify"]
    officers = RoleGrant.objects.get(person_id=officer.person_id)
    recertify(grant_id=officers.id, by=lead, at=quarter)
    officers.refresh_from_db()
    assert officers.recertified_at == quarter
    own = RoleGrant.objects.get(person_id=lead.person_id)
    with pytest.raises(OwnRights):
        recertify(grant_id=own.id, by=lead, at=quarter)
    assert held(wei) == {"mentor"}


def test_invited_name_is_kept_until_withdrawn(administrators: tuple[Actor, Actor]) -> None:
    guest = Guest("wei.lin", "林薇", ("mentor",))
    invited = invite_person(guest, by=administrators[0], at=NIGHT)
    with pytest.raises(NameTaken):
        invite_person(guest, by=administrators[1], at=NIGHT)
    with pytest.raises(NameTaken):
        invite_person(Guest("Wei.Lin", "林薇", ("mentor",)), by=administrators[1], at=NIGHT)
    withdraw_invitation(invitation_id=invited.invitation_id, by=administrators[0], at=NIGHT)
    invite_person(guest, by=administrators[1], at=NIGHT)
    assert Invitation.objects.filter(revoked_at=None).count() == 1
    assert Fact.objects.filter(kind="person.invited").count() == 2
