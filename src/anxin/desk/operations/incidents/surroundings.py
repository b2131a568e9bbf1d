"""What incidents ask of packages that may not be there: shifts, certificates, playbooks, evidence, measures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from anxin.desk.foundation.edge.actor import Actor


@dataclass(frozen=True)
class MeasuresState:
    """How the measures of an incident stand.

    `unsettled` are neither effective, failed and looked after, nor reverted: of these `waiting` for a second person,
    `pending` at the gateway or the platform, `failed` by their word. `in_force` are protective ones not reverted,
    `unowned` freezes without owner or end, `mismatched` those of which a target system says otherwise, `unanswered` of
    which the platform is still to say; `actors` ordered any. `fallen` is how the last one ended: failed, expired,
    reverted or declined, "" for none.
    """

    effective: int = 0
    unsettled: int = 0
    waiting: int = 0
    pending: int = 0
    failed: int = 0
    in_force: int = 0
    unowned: int = 0
    mismatched: int = 0
    unanswered: int = 0
    actors: frozenset[str] = frozenset()
    fallen: str = ""

    @property
    def stands(self) -> bool:
        """Return whether a measure works, or is on its way."""
        return bool(self.effective or self.waiting or self.pending)

    @property
    def matches(self) -> bool:
        """Return whether every target system said what the record says."""
        return not (self.mismatched or self.unsettled)


class Surroundings(Protocol):
    """The questions; each answer holds at the moment it is given."""

    def is_on_shift(self, *, by: Actor, at: datetime) -> bool:
        """Return whether somebody is on shift."""

    def is_certified(self, *, organisation_id: str, person_id: str, level: int, at: datetime) -> bool:
        """Return whether somebody may lead an incident of a level."""

    def open_playbook(self, *, incident_id: str, procedure: str, by: Actor, at: datetime) -> None:
        """Begin the procedure of an incident."""

    def count_open_steps(self, *, incident_id: str) -> int:
        """Return how many mandatory steps are neither done nor waived."""

    def count_evidence(self, *, incident_id: str) -> int:
        """Return how many pieces of evidence there are."""

    def measures_of(self, *, incident_id: str, at: datetime) -> MeasuresState:
        """Return how its measures stand, target systems asked."""

    def is_review_published(self, *, incident_id: str) -> bool:
        """Return whether its review is published."""

    def count_unproven_actions(self, *, incident_id: str) -> int:
        """Return how many corrective actions are neither proven nor accepted as a risk."""

    def who_is(self, *, organisation_id: str, role: str, site_id: str, at: datetime) -> tuple[str, ...] | None:
        """Return the people that a step of the ladder calls, None when no rota says."""


class Alone:
    """The answers while nobody else is there: nothing is under way, and nothing is forbidden by it."""

    def is_on_shift(self, *, by: Actor, at: datetime) -> bool:
        """Without a rota everybody who signed in is on shift."""
        del by, at
        return True

    def is_certified(self, *, organisation_id: str, person_id: str, level: int, at: datetime) -> bool:
        """Without training the permission alone decides."""
        del organisation_id, person_id, level, at
        return True

    def open_playbook(self, *, incident_id: str, procedure: str, by: Actor, at: datetime) -> None:
        """Begin nothing."""

    def count_open_steps(self, *, incident_id: str) -> int:
        """None."""
        del incident_id
        return 0

    def count_evidence(self, *, incident_id: str) -> int:
        """None."""
        del incident_id
        return 0

    def measures_of(self, *, incident_id: str, at: datetime) -> MeasuresState:
        """None."""
        del incident_id, at
        return MeasuresState()

    def is_review_published(self, *, incident_id: str) -> bool:
        """Whoever publishes says so by the command itself."""
        del incident_id
        return True

    def count_unproven_actions(self, *, incident_id: str) -> int:
        """None."""
        del incident_id
        return 0

    def who_is(self, *, organisation_id: str, role: str, site_id: str, at: datetime) -> tuple[str, ...] | None:
        """No rota says."""
        del organisation_id, role, site_id, at
        return None


def surroundings() -> Surroundings:
    """Return what `settings.INCIDENT_SURROUNDINGS` names; without it, incidents are alone."""
    return _built(getattr(settings, "INCIDENT_SURROUNDINGS", f"{__name__}.Alone"))


@cache
def _built(name: str) -> Surroundings:
    return cast("Surroundings", import_string(name)())
