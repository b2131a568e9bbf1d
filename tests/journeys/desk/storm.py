"""Many look-alike alerts for the shop, and a few other incidents."""

from __future__ import annotations

from datetime import timedelta

ALERTS, KIND = 60, "gift_card_fraud"


def main() -> None:
    from django.db import transaction

    from anxin.desk.foundation.edge.actor import system_actor
    from anxin.desk.foundation.edge.clock import now
    from anxin.desk.foundation.organisations.models import Organisation
    from anxin.desk.operations.incidents.actions.signals import Named, NewSignal, promote

    organisation, at = Organisation.objects.get(slug="shop"), now()
    by = system_actor(organisation.id, "decisions")

    def alert(number: int, kind: str, **more: object) -> None:
        signal = NewSignal(
            source="decision",
            source_ref=f"storm-{kind}-{number}",
            kind=kind,
            dedup_key=f"{kind}:storm:",
            received_at=at - timedelta(minutes=more.pop("minutes", 0)),  # type: ignore[arg-type]
            entities=(Named("victim", "user", f"u_storm_{number:03d}"),),
            **more,  # type: ignore[arg-type]
        )
        promote(signal, by=by, at=at)

    with transaction.atomic():
        for number in range(ALERTS):
            alert(number, KIND)
        alert(900, "account_takeover", minutes=75)
        alert(901, "payment_fraud", minutes=8)
        alert(902, "coupon_abuse", is_drill=True)
