"""Move the mark of the shop's decisions, as the projector does when something arrived."""

from __future__ import annotations


def main() -> None:
    from anxin.desk.foundation.live.marks import set_mark
    from anxin.desk.foundation.organisations.models import Organisation

    organisation = Organisation.objects.get(slug="shop")
    set_mark(organisation.pk, ("decisions", "entities"), 1)
