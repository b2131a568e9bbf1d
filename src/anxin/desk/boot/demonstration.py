"""The demonstration: an organisation with people of every role, who all share one password."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from anxin.desk.foundation.edge.actor import system_actor
from anxin.desk.foundation.organisations.actions import admit_person, found_organisation
from anxin.desk.foundation.organisations.actors import actor_of
from anxin.desk.foundation.organisations.models import Organisation, Person
from anxin.desk.foundation.service_accounts.actions import issue_desk_token, open_account
from anxin.desk.foundation.service_accounts.limits import LONGEST, Limits
from anxin.desk.foundation.service_accounts.queries import list_accounts
from anxin.desk.foundation.service_accounts.tokens import actor_of_token
from anxin.desk.oversight.training.actions import Passed, grant_certificate

PEOPLE: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("night-agent", "林小满", ("service_agent",)),
    ("new-agent", "苏禾", ("service_agent",)),
    ("specialist", "周行", ("specialist",)),
    ("lead", "沈若谷", ("shift_lead",)),
    ("mentor", "何青", ("mentor",)),
    ("analyst", "陆知微", ("risk_analyst",)),
    ("author", "程砚", ("rule_author",)),
    ("compliance", "方正言", ("compliance",)),
    ("auditor", "顾明", ("auditor",)),
    ("privacy", "白露", ("data_protection",)),
    ("admin", "秦川", ("administrator",)),
)
"""Sign-in name, an invented name, roles."""
CERTIFIED: Mapping[str, tuple[str, ...]] = {
    "night-agent": ("level:1", "measure:freeze_account", "measure:revoke_sessions"),
    "specialist": ("level:1", "measure:freeze_account", "measure:revoke_sessions"),
    "lead": ("level:1", "measure:freeze_account", "measure:revoke_sessions"),
    "compliance": ("level:2",),
}
"""Who holds which certificate; the new agent holds none, so that what is refused without one can be seen."""
CERTIFIED_FOR = timedelta(days=180)

PLATFORM = "night-owl-mall"
PLATFORM_SCOPES = ("event.send", "reply.deliver")
"""The service account of the platform that the demonstration plays: it confirms measures and delivers replies."""


@transaction.atomic
def found_demonstration(*, slug: str, password: str, at: datetime) -> bool:
    """Create the organisation and its people; return False when it is there already."""
    if Organisation.objects.filter(slug=slug).exists():
        return False
    organisation = found_organisation(slug=slug, name="夜猫商城 Night Owl Mall", at=at)
    by = system_actor(organisation.id, "demonstration")
    for username, name, roles in PEOPLE:
        admit_person(username=username, name=name, password=None, roles=roles, by=by, at=at)
    # Hashed once: it is slow by intent, and all share the password anyway.
    Person.objects.filter(organisation_id=organisation.id).update(password=make_password(password))
    _certify(organisation, at)
    return True


@transaction.atomic
def platform_token(*, slug: str, kept: str, at: datetime) -> str:
    """Return the platform's token: the `kept` one while it works, otherwise a new one of its service account."""
    if actor_of_token(f"Bearer {kept}", at=at, address="127.0.0.1") is not None:
        return kept
    admin = Person.objects.get(organisation__slug=slug, username="admin")
    by = actor_of(admin, at=at)
    known = [each.id for each in list_accounts(by=by) if each.name == PLATFORM and not each.is_closed]
    account_id = known[0] if known else open_account(name=PLATFORM, by=by, at=at).id
    limits = Limits(PLATFORM_SCOPES, at + LONGEST, networks=("127.0.0.0/8", "::1/128"))
    return issue_desk_token(account_id=account_id, limits=limits, by=by, at=at)


def _certify(organisation: Organisation, at: datetime) -> None:
    people = {each.username: each for each in organisation.people.all()}
    by = actor_of(people["mentor"], at=at)
    passed = Passed("演示：模拟考核合格 demonstration: passed the drill")
    for username, scopes in CERTIFIED.items():
        grant_certificate(
            person_id=people[username].id, scopes=scopes, passed=passed, expires_at=at + CERTIFIED_FOR, by=by, at=at
        )
