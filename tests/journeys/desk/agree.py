"""Let a second administrator agree to everything that waits."""

from __future__ import annotations


def main(username: str) -> None:
    """Admit the administrator and say yes to what waits."""
    from anxin.desk.foundation.approvals.actions import approve
    from anxin.desk.foundation.approvals.models import OPEN_STATES, Approval
    from anxin.desk.foundation.edge.actor import system_actor
    from anxin.desk.foundation.edge.clock import now
    from anxin.desk.foundation.organisations.actions import admit_person
    from anxin.desk.foundation.organisations.actors import actor_of
    from anxin.desk.foundation.organisations.models import Organisation

    organisation, at = Organisation.objects.get(slug="shop"), now()
    person = admit_person(
        username=username,
        name="林薇",
        password=None,
        roles=("administrator",),
        by=system_actor(organisation.id, "setup"),
        at=at,
    )
    by = actor_of(person, at=at, is_strong=True)
    for each in Approval.objects.filter(organisation_id=organisation.id, act="person.invite", state__in=OPEN_STATES):
        approve(approval_id=each.id, by=by, at=at)
