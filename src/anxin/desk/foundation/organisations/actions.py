"""Found an organisation, and let people in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import yaml
from django.db import transaction

from anxin.desk.foundation.audit.actions import record_entry
from anxin.desk.foundation.edge.actor import Actor, system_actor
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.organisations.models import Department, Organisation, Person, RoleGrant, Site
from anxin.desk.foundation.vault.sealing import blind_index, seal

_DEPARTMENTS = Path(__file__).with_name("departments.yaml")


@transaction.atomic
def found_organisation(*, slug: str, name: str, at: datetime, is_small_team: bool = False) -> Organisation:
    """Create an organisation with the preset departments and one site for everything."""
    organisation = Organisation.objects.create(
        id=new_id("org", at=at), slug=slug, name=name, is_small_team=is_small_team, created_at=at
    )
    preset = yaml.safe_load(_DEPARTMENTS.read_text(encoding="utf-8"))["departments"]
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
