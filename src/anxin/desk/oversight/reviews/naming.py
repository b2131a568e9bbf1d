"""Whether a text names somebody: a colleague by name or sign-in name, or anybody by what is personal."""

from __future__ import annotations

import re
from functools import cache

from anxin.checkers.personal_data.text import find
from anxin.desk.foundation.organisations.models import Person
from anxin.desk.foundation.permissions.catalogue import roles
from anxin.desk.foundation.vault.sealing import unseal
from anxin.desk.operations.incidents.models import Incident, IncidentEvent
from anxin.desk.oversight.reviews.errors import NamesSomebody

SHORTEST_NAME = 2
PLAIN_KINDS = frozenset({"person", "address"})
"""Kinds the recognisers only guess: they warn a reader, but do not refuse a text."""


def require_nameless(text: str, *, organisation_id: str, incident_id: str) -> None:
    """Raise NamesSomebody when the text names one of the colleagues in the incident, or holds personal data."""
    found = find_colleagues(text, organisation_id=organisation_id, incident_id=incident_id)
    found += [each for each in personal_kinds(text) if each not in PLAIN_KINDS]
    if found:
        kinds = tuple(sorted(set(found)))
        raise NamesSomebody(unmet=kinds, found=", ".join(kinds))


def personal_kinds(text: str) -> list[str]:
    """Return the kinds of personal data that the recognisers find in a text."""
    return [each.kind for each in find(text)]


def find_colleagues(text: str, *, organisation_id: str, incident_id: str) -> list[str]:
    """Return "colleague" for each person of the incident whose name or sign-in name stands in the text."""
    lowered = text.casefold()
    people = Person.objects.filter(organisation_id=organisation_id, pk__in=_involved(incident_id))
    return ["colleague" for each in people if _is_named(each, lowered)]


def _is_named(person: Person, lowered: str) -> bool:
    real = unseal(person.organisation_id, bytes(person.name_sealed), about=f"person.name:{person.id}").casefold()
    if len(real) >= SHORTEST_NAME and real in lowered:
        return True
    username = person.username.casefold()
    if username in _role_words():
        return False
    return re.search(rf"(?<![a-z0-9]){re.escape(username)}(?![a-z0-9])", lowered) is not None


@cache
def _role_words() -> frozenset[str]:
    """Return the words of roles: whoever signs in as "lead" is not named by the word."""
    return frozenset(word for role in roles().values() for word in (role.code.casefold(), *role.words.en.split()))


def _involved(incident_id: str) -> set[str]:
    acted = IncidentEvent.objects.filter(incident_id=incident_id).values_list("actor_id", flat=True).distinct()
    leaders = Incident.objects.filter(pk=incident_id).values_list("commander_id", "verifier_id", "holder_id").first()
    return {each for each in (*acted, *(leaders or ())) if each}
