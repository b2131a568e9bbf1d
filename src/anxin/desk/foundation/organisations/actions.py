"""Found an organisation, let people in, place them, and let them go."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from zoneinfo import available_timezones

from django.db import transaction

from anxin.desk.foundation.audit.actions import Detail, lock_head, record_entry
from anxin.desk.foundation.edge.actor import Actor, Grade, system_actor
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.refusals import FieldInvalid, NotFound
from anxin.desk.foundation.edge.yaml_files import read_yaml
from anxin.desk.foundation.organisations.errors import OwnRights
from anxin.desk.foundation.organisations.facts import RightsChanged
from anxin.desk.foundation.organisations.models import Department, Organisation, Person, RoleGrant, Site
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.vault.sealing import blind_index, seal

_DEPARTMENTS = Path(__file__).with_name("departments.yaml")


@transaction.atomic
def found_organisation(*, slug: str, name: str, at: datetime, is_small_team: bool = False) -> Organisation:
    """Create an organisation with the preset departments and one site for everything."""
    organisation = Organisation.objects.create(
        id=new_id("org", at=at), slug=slug, name=name, is_small_team=is_small_team, created_at=at
    )
    preset = read_yaml(_DEPARTMENTS)["departments"]
    Department.objects.bulk_create(
        Department(
            id=new_id("dep", at=at),
            organisation=organisation,
            code=each["code"],
            name_zh=each["zh"],
            name_en=each["en"],
        )
        for each in preset
    )
    Site.objects.create(
        id=new_id("site", at=at), organisation=organisation, platform="*", business_line="*", region="*", name=name
    )
    by = system_actor(organisation.id, "setup")
    record_entry("organisation.found", by=by, at=at, on=("organisation", organisation.id), details={"slug": slug})
    return organisation


@transaction.atomic
def admit_person(
    *, username: str, name: str, password: str | None, roles: Iterable[str], by: Actor, at: datetime
) -> Person:
    """Create a person of the actor's organisation with roles at all sites; `password` None: none works."""
    person = Person(id=new_id("per", at=at), organisation_id=by.organisation_id, username=username, created_at=at)
    person.name_sealed = seal(by.organisation_id, name, about=f"person.name:{person.id}", at=at)
    person.set_password(password)
    person.save(force_insert=True)
    for role in roles:
        RoleGrant.objects.create(
            id=new_id("rol", at=at),
            organisation_id=by.organisation_id,
            person=person,
            role=role,
            granted_by=by.person_id or by.label,
            granted_at=at,
        )
    details = {"roles": ",".join(sorted(roles)), "name_index": blind_index(by.organisation_id, "name", name, at=at)}
    record_entry("person.admit", by=by, at=at, on=("person", person.id), details=details)
    return person


@transaction.atomic
def let_go(*, person_id: str, by: Actor, at: datetime) -> Person:
    """Close a person's account at once: roles end, nobody signs in with it again; what they did stays theirs."""
    require(by, "person.invite", at_least=Grade.SECOND)
    lock_head(by.organisation_id)
    person = Person.objects.filter(pk=person_id, organisation_id=by.organisation_id, is_active=True).first()
    if person is None:
        raise NotFound
    if person.id == by.person_id:
        raise OwnRights
    RoleGrant.objects.filter(person=person, revoked_at=None).update(revoked_at=at, revoked_because="left")
    person.is_active, person.left_at = False, at
    person.set_unusable_password()
    person.version += 1
    person.save(update_fields=["is_active", "left_at", "password", "version"])
    record_entry("person.leave", by=by, at=at, on=("person", person.id))
    publish_fact(RightsChanged(person.id, "leave", ""), organisation_id=by.organisation_id, at=at)
    return person


@transaction.atomic
def place_person(
    *,
    person_id: str,
    department_id: str | None,
    contract_until: datetime | None,
    by: Actor,
    at: datetime,
    address: str = "",
) -> Person:
    """Say in which department somebody works, and until when a vendor's contract runs (None: employed).

    `address` is the e-mail by which the company's provider knows the person; it is stored sealed, "" leaves it.
    """
    require(by, "person.invite", at_least=Grade.SECOND)
    lock_head(by.organisation_id)
    person = Person.objects.filter(pk=person_id, organisation_id=by.organisation_id, is_active=True).first()
    known = Department.objects.filter(organisation_id=by.organisation_id, closed_at=None)
    if person is None or (department_id and not known.filter(pk=department_id).exists()):
        raise NotFound
    person.department_id, person.contract_until = department_id, contract_until
    person.version += 1
    if address:
        person.email_sealed = seal(by.organisation_id, address, about=f"person.email:{person.id}", at=at)
        person.email_index = blind_index(by.organisation_id, "email", address.strip().casefold(), at=at)
    person.save(update_fields=["department", "contract_until", "email_sealed", "email_index", "version"])
    details: dict[str, Detail] = {
        "department": department_id,
        "contract_until": contract_until.isoformat() if contract_until else None,
    }
    record_entry("person.place", by=by, at=at, on=("person", person.id), details=details)
    return person


@transaction.atomic
def prefer(*, by: Actor, at: datetime, language: str = "", theme: str = "", time_zone: str = "") -> None:
    """Keep how a person wants the desk to look and speak; "" leaves it as it is."""
    allowed = {"language": ("zh-hans", "en"), "theme": ("auto", "light", "dark", "night")}
    given = {"language": language, "theme": theme, "time_zone": time_zone}
    for field, value in given.items():
        fits = value in allowed[field] if field in allowed else value in available_timezones()
        if value and not fits:
            raise FieldInvalid(pointer=f"/{field}", field=field, reason=value)
    changed: dict[str, Detail] = {field: value for field, value in given.items() if value}
    if by.person_id and changed:
        record_entry("person.prefer", by=by, at=at, on=("person", by.person_id), details=changed)
        Person.objects.filter(pk=by.person_id).update(**changed)
