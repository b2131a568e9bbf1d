"""Found an organisation with a person of every role, through the desk's own actions; run as a program of its own."""

from __future__ import annotations

import django

ORGANISATIONS = {"shop": "夜市平台", "other": "Other Platform"}
PASSWORD = "correct horse battery"


def main() -> None:
    django.setup()
    from anxin.desk.foundation.edge.actor import system_actor
    from anxin.desk.foundation.edge.clock import now
    from anxin.desk.foundation.organisations.actions import admit_person, found_organisation
    from anxin.desk.foundation.permissions.catalogue import roles

    for slug, name in ORGANISATIONS.items():
        organisation = found_organisation(slug=slug, name=name, at=now())
        by = system_actor(organisation.id, "setup")
        for role in roles():
            admit_person(
                username=username_of(role, slug), name="林薇", password=PASSWORD, roles=(role,), by=by, at=now()
            )


def username_of(role: str, slug: str = "shop") -> str:
    """The specialist of the shop is `specialist`, the one of the other organisation `other-specialist`."""
    return role if slug == "shop" else f"{slug}-{role}"


if __name__ == "__main__":
    main()
