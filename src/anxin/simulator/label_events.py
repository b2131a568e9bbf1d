"""Labels that become known days later, as events of the platform: disputes of payments and verdicts of people."""

from __future__ import annotations

from random import Random

from anxin.simulator.event_ids import EventIds
from anxin.simulator.labelled import Event, Label
from anxin.simulator.timeline import DAY_MS

_DISPUTED = frozenset({"payment.succeeded"})
_JUDGED = frozenset(
    {
        "wallet.transferred", "wallet.withdrawn", "order.created", "refund.requested", "message.sent",
        "account.registered", "seller.payout_requested", "coupon.redeemed", "giftcard.issued", "review.posted",
    }
)  # fmt: skip
_CHARGED_BACK = 0.4
_COPIED = ("seller_id", "pm_token", "payee_id", "actor_id", "platform", "business_line")


class LabelEvents:
    """Tell some days after a fraud that it was one; `after_days` are the fewest and the most days."""

    def __init__(self, seed: str, ids: EventIds, after_days: tuple[float, float]) -> None:
        self._rng = Random(f"{seed}:label-events")
        self._ids = ids
        self._fewest, self._most = after_days

    def of(self, event: Event, label: Label) -> Event | None:
        """Return the event that reveals `event`, or None when it is no fraud or never found out."""
        kind = event["event_type"]
        if not label.is_fraud or kind not in _DISPUTED | _JUDGED:
            return None
        days = self._fewest + (self._most - self._fewest) * self._rng.random()
        at = event["occurred_at"] + int(days * DAY_MS)
        copied = {name: event[name] for name in _COPIED if name in event}
        if event.get("actor_id") == label.victim:
            # Whoever was robbed under his own name must not carry the thief's reputation.
            copied.pop("actor_id", None)
        reveal = {"event_id": self._ids.draw(at), "schema_version": 1, "occurred_at": at, "source_system": "case-desk"}
        if kind in _DISPUTED:
            return reveal | copied | self._dispute(event, at)
        return reveal | copied | {
            "event_type": "label.recorded", "actor_type": "system", "label": label.scenario, "source": "case_verdict",
            "labelled_event_id": event["event_id"], "labelled_event_type": kind, "is_fraud": True,
        }  # fmt: skip

    def _dispute(self, event: Event, at: int) -> Event:
        dispute = {
            "event_type": "payment.chargeback", "actor_type": "user", "amount": event["amount"],
            "currency": event["currency"], "order_id": event["order_id"], "disputed_event_id": event["event_id"],
            "reason_code": "not_authorised",
        }  # fmt: skip
        if self._rng.random() < _CHARGED_BACK:
            return dispute
        return dispute | {"event_type": "payment.disputed", "evidence_due": at + 7 * DAY_MS}
