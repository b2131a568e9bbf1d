"""Move the mark of the shop's decisions, as the projector does when something arrived; a program of its own."""

from __future__ import annotations

import django


def main() -> None:
    django.setup()
    from anxin.desk.foundation.live.marks import set_mark
    from anxin.desk.foundation.organisations.models import Organisation

    organisation = Organisation.objects.get(slug="shop")
    set_mark(organisation.pk, ("decisions", "entities"), 1)


if __name__ == "__main__":
    main()
