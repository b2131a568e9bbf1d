"""What the frame reads."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from anxin.desk.foundation.organisations.models import Person


def find_organisation_name(person: AbstractBaseUser | AnonymousUser | None) -> str:
    """Return the name of the signed-in person's organisation, "" for nobody; asks once a request."""
    return person.organisation.name if isinstance(person, Person) else ""
