"""What follows a purchase that did not please: refunds, soon or late, and honest disputes with the bank."""

from __future__ import annotations

from anxin.simulator.goods import SHOPPING
from anxin.simulator.labelled import Label
from anxin.simulator.ordinary.order import Order
from anxin.simulator.ordinary.people_picking import pick_adult, pick_seller
from anxin.simulator.scene import Scene, Session
from anxin.simulator.timeline import DAY_MS, HOUR_MS

MIN = 60_000
DISPUTED, REFUNDED_LATE = 0.006, 0.008
LATEST_DAYS = 25
DISPUTE_REASONS = ("not_as_described", "not_recognised", "paid_twice", "refund_outstanding")
HONEST_DISPUTE, LATE_REFUND = Label(variant="honest_dispute"), Label(variant="late_refund")


def ask_refund(scene: Scene, session: Session, at: int, order: Order) -> None:
    """Ask for the money back, mostly against the goods; it is paid within two days."""
    rng = scene.rng
    is_return = rng.random() < 0.75
    fields: dict[str, object] = {**order.keys, "refund_type": "return" if is_return else "only_refund"}
    extra: dict[str, object] = {"evidence_hash": f"img_{rng.getrandbits(40):010x}"}
    if is_return:
        back = int(order.weight_g * (0.82 + 0.2 * rng.random()))
        extra |= {"shipped_weight_g": order.weight_g, "returned_weight_g": back}
    reason = rng.choice(("size", "quality", "late", "not_as_described"))
    scene.emit_money(session, "refund.requested", at, **fields, reason=reason, amount=order.amount, **extra)
    scene.later(at + int((3 + 40 * rng.random()) * HOUR_MS), _pay_refund, order, fields)


def _pay_refund(scene: Scene, at: int, order: Order, fields: dict[str, object]) -> None:
    session = scene.open_session(order.user, at)
    scene.emit_money(
        session, "refund.approved", at, **fields, amount=order.amount, is_goodwill=False,
        approver_id=scene.rng.choice(scene.world.staff).id, addr_token=order.address.token,
    )  # fmt: skip
    scene.emit_money(session, "refund.paid", at + 2 * MIN, **fields, amount=order.amount)


def think_twice(scene: Scene, at: int, order: Order) -> None:
    """Let a few buyers come back to `order` days or weeks after `at`, to return it late or to dispute it."""
    chance = scene.rng.random()
    if chance < DISPUTED:
        scene.later(_in_days(scene, at, 2), _dispute, order)
    elif chance < DISPUTED + REFUNDED_LATE:
        scene.later(_in_days(scene, at, 8), _refund_late, order)


def inherit_second_thoughts(scene: Scene, at: int, daily_orders: int) -> None:
    """Put on their way the disputes and late refunds of orders from before `at`, in ms UTC."""
    for day in range(LATEST_DAYS):
        scene.later(at + day * DAY_MS, _inherit_day, daily_orders * (DISPUTED + REFUNDED_LATE))


def _inherit_day(scene: Scene, at: int, wanted: float) -> None:
    rng = scene.rng
    for _ in range(int(wanted + rng.random())):
        buyer = pick_adult(scene, at)
        if not buyer.cards:
            continue
        goods = SHOPPING[rng.randrange(3)]
        order = Order(
            f"ord_{rng.getrandbits(56):014x}", buyer, pick_seller(scene), goods, goods.price_minor,
            buyer.addresses[0], goods.weight_g, paid_at=at - int(LATEST_DAYS * DAY_MS * rng.random()),
        )  # fmt: skip
        is_dispute = rng.random() * (DISPUTED + REFUNDED_LATE) < DISPUTED
        scene.later(at + int(DAY_MS * rng.random()), _dispute if is_dispute else _refund_late, order)


def _in_days(scene: Scene, at: int, fewest: int) -> int:
    return at + int((fewest + (LATEST_DAYS - fewest) * scene.rng.random()) * DAY_MS)


def _refund_late(scene: Scene, at: int, order: Order) -> None:
    scene.label = LATE_REFUND
    ask_refund(scene, scene.open_session(order.user, at), at, order)


def _dispute(scene: Scene, at: int, order: Order) -> None:
    """Dispute the payment, in one of four cases past the shop at once; a person finds nothing dishonest in it."""
    rng, user = scene.rng, order.user
    scene.label = HONEST_DISPUTE
    is_chargeback = rng.random() < 0.25
    fields: dict[str, object] = {
        **order.keys, "pm_token": user.cards[0].token, "payee_id": f"payee_{order.seller.id}",
        "amount": order.amount, "reason_code": rng.choice(DISPUTE_REASONS),
    }  # fmt: skip
    if order.payment_id:
        fields["disputed_event_id"] = order.payment_id
    if not is_chargeback:
        fields["evidence_due"] = at + 7 * DAY_MS
    kind = "payment.chargeback" if is_chargeback else "payment.disputed"
    scene.emit_money(scene.open_session(user, at), kind, at, **fields)
    scene.later(at + int((1 + 4 * rng.random()) * DAY_MS), _clear, order)


def _clear(scene: Scene, at: int, order: Order) -> None:
    """Record that the dispute was honest, on the shop and the card."""
    fields: dict[str, object] = {"labelled_event_id": order.payment_id} if order.payment_id else {}
    scene.emit_system(
        "label.recorded", at, source_system="case-desk", label="honest_dispute", source="case_verdict",
        labelled_event_type="payment.succeeded", seller_id=order.seller.id, pm_token=order.user.cards[0].token,
        actor_id=order.user.id, is_fraud=False, **fields,
    )  # fmt: skip
