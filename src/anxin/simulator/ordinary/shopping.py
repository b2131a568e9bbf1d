"""Ordinary purchases from basket to review, with the parcels and refunds that follow."""

from __future__ import annotations

from anxin.simulator.goods import LOCAL_LIFE, SHOPPING, SHOPPING_WEIGHTS, GoodsClass
from anxin.simulator.ordinary import after_sales
from anxin.simulator.ordinary.order import Order
from anxin.simulator.ordinary.people_picking import pick_seller, pick_user
from anxin.simulator.ordinary.signing_in import arrive
from anxin.simulator.people import Address, Seller
from anxin.simulator.scene import Scene, Session
from anxin.simulator.timeline import HOUR_MS, next_local_hour

CARRIERS = ("carrier-north", "carrier-swift", "carrier-post")
DECLINES = ("insufficient_funds", "issuer_unavailable", "limit_exceeded")
MIN = 60_000
DAYTIME = range(8, 22)
INHERITED_HOURS = 40
STEP_UP_AMOUNT = 40_000
CARRIER: dict[str, object] = {"actor_type": "service", "source_system": "logistics"}


def shop(scene: Scene, at: int) -> None:
    """Let somebody visit and buy one thing or two."""
    rng, user = scene.rng, pick_user(scene, at)
    session, at = arrive(scene, user, at)
    if not user.cards:
        scene.emit(session, "link.clicked", at, domain="shop.example", verdict="known", source="search")
        return
    for _ in range(2 if rng.random() < 0.08 else 1):
        order = new_order(scene, session)
        at = buy(scene, session, order, at + int(rng.random() * 4 * MIN), coupon_value=_coupon(scene, order))


def new_order(
    scene: Scene,
    session: Session,
    *,
    seller: Seller | None = None,
    goods: GoodsClass | None = None,
    amount: int | None = None,
    address: Address | None = None,
) -> Order:
    """Fill a basket; what is not given is drawn from the user's habits."""
    rng, user = scene.rng, session.user
    seller = seller or pick_seller(scene)
    if goods is None:
        is_meal = user.platform == "local" and rng.random() < 0.7
        goods = LOCAL_LIFE if is_meal else rng.choices(SHOPPING, SHOPPING_WEIGHTS)[0]
    if amount is None:
        amount = max(100, int(goods.price_minor * user.level_permille * rng.lognormvariate(0.0, 0.4) / 1000))
    weight = int(goods.weight_g * (0.85 + 0.3 * rng.random()))
    address = address or user.addresses[int(rng.random() ** 2 * len(user.addresses))]
    return Order(f"ord_{rng.getrandbits(56):014x}", user, seller, goods, amount, address, weight)


def buy(scene: Scene, session: Session, order: Order, at: int, *, coupon_value: int = 0) -> int:
    """Create, pay and, days later, receive `order`; return when paying was over, in ms UTC."""
    rng = scene.rng
    fields = order_fields(order, coupon_value=coupon_value)
    scene.emit_money(session, "order.created", at, **fields)
    at += int(8_000 + 60_000 * rng.random())
    if rng.random() < 0.03:
        scene.emit_money(session, "order.cancelled", at, **order.keys, amount=order.amount, reason="changed_mind")
        return at
    at = pay(scene, session, order, at)
    scene.emit_money(session, "order.paid", at, **fields)
    order.paid_at = at
    order.user.orders += 1
    if order.goods.is_virtual:
        _deliver_virtual(scene, session, order, at + 20_000)
        after_sales.think_twice(scene, at, order)
    elif order.goods is not LOCAL_LIFE:
        scene.later(_by_day(scene, at + int((2 + 20 * rng.random()) * HOUR_MS)), ship, order)
    return at


def order_fields(order: Order, *, coupon_value: int = 0, new_address: bool = False) -> dict[str, object]:
    """Return the fields of order.created and order.paid."""
    goods, user = order.goods, order.user
    fields: dict[str, object] = {
        **order.keys,
        "items": [{"sku": f"sku_{order.id[4:10]}", "qty": 1, "price": order.amount, "category": goods.category}],
        "item_count": 1,
        "goods_class": goods.name,
        "amount": order.amount,
        "addr_token": order.address.token,
        "receiver_phone_token": order.address.receiver_phone_token,
        "new_address": new_address,
        "delivery_mode": "virtual" if goods.is_virtual else "courier",
        "is_first_order": user.orders == 0,
    }
    if coupon_value:
        fields["coupon_ids"] = [f"cpn_{order.id[4:12]}"]
        fields["coupon_value"] = coupon_value
    return fields


def pay(scene: Scene, session: Session, order: Order, at: int) -> int:
    """Attempt and complete the payment of `order`, now and then after one decline; return when it was done."""
    rng, card = scene.rng, order.user.cards[0]
    fields: dict[str, object] = {
        **order.keys, "amount": order.amount, "pm_token": card.token, "bin": card.bin,
        "payee_id": f"payee_{order.seller.id}", "addr_token": order.address.token,
        "goods_class": order.goods.name, "new_payee": False, "new_address": False, "step_up": "none",
    }  # fmt: skip
    if order.amount >= STEP_UP_AMOUNT:
        fields |= {"step_up": "sms_code", "step_up_passed": True}
    scene.emit_money(session, "payment.attempted", at, **fields)
    at += int(900 + 4_000 * rng.random())
    if rng.random() < 0.03:
        declined = {k: fields[k] for k in ("order_id", "seller_id", "amount", "pm_token", "bin", "payee_id")}
        scene.emit_money(session, "payment.declined", at, **declined, decline_code=rng.choice(DECLINES))
        at += 25_000
        scene.emit_money(session, "payment.attempted", at, **fields)
        at += 2_000
    order.payment_id = scene.emit_money(session, "payment.succeeded", at, **fields)["event_id"]
    return at + 300


def ship(scene: Scene, at: int, order: Order) -> None:
    """Hand the parcel over to a carrier; it arrives one to four days later."""
    rng = scene.rng
    order.waybill = f"wb_{rng.getrandbits(48):012x}"
    origin, target = order.seller.owner.place.code, order.address.place.code
    route = [code for code in dict.fromkeys((origin, target)) if code]
    session = scene.open_session(order.seller.owner, at, actor_type="seller")
    scene.emit(
        session, "order.shipped", at, **order.keys, waybill_token=order.waybill, carrier=rng.choice(CARRIERS),
        weight_g=order.weight_g, expected_weight_g=order.goods.weight_g, buyer_province=target or "abroad",
        route_provinces=route, route_reaches_buyer=True,
    )  # fmt: skip
    scene.later(_by_day(scene, at + int((10 + 60 * rng.random()) * HOUR_MS)), _travel, order)


def inherit_orders(scene: Scene, at: int, count: int) -> None:
    """Put `count` orders on their way that were paid in the four days before `at`, in ms UTC."""
    # Hour by hour, so that a large shop need not draw them all before its first event.
    for hour in range(INHERITED_HOURS):
        share = count * (hour + 1) // INHERITED_HOURS - count * hour // INHERITED_HOURS
        scene.later(at + hour * HOUR_MS, _inherit_hour, at, share)


def _inherit_hour(scene: Scene, at: int, begun_at: int, count: int) -> None:
    for _ in range(count):
        buyer = pick_user(scene, begun_at)
        if not buyer.cards:
            continue
        order = new_order(scene, scene.open_session(buyer, at), goods=SHOPPING[0])
        age = int(96 * HOUR_MS * scene.rng.random())
        order.paid_at = begun_at - age
        next_at = _by_day(scene, at + int(HOUR_MS * scene.rng.random()))
        if age < 24 * HOUR_MS:
            scene.later(next_at, ship, order)
        else:
            order.waybill = f"wb_{scene.rng.getrandbits(48):012x}"
            scene.later(next_at, _deliver if age < 60 * HOUR_MS else _receive, order)


def _by_day(scene: Scene, at: int) -> int:
    """Return `at`, or a moment of the next morning when `at` is at night."""
    day = next_local_hour(at, DAYTIME)
    return day if day == at else day + int(scene.rng.random() * HOUR_MS)


def _travel(scene: Scene, at: int, order: Order) -> None:
    scene.emit_system(
        "order.logistics_scan", at, order_id=order.id, waybill_token=order.waybill, **CARRIER,
        province=order.address.place.code or "abroad", scan_gap_h=scene.rng.randrange(2, 20),
    )  # fmt: skip
    scene.later(at + 3 * HOUR_MS, _deliver, order)


def _deliver(scene: Scene, at: int, order: Order) -> None:
    rng = scene.rng
    if rng.random() < 0.003:
        scene.emit_money(
            scene.open_session(order.user, at),
            "order.not_received",
            at + 2 * HOUR_MS,
            **order.keys,
            amount=order.amount,
        )
        return
    scene.emit_system(
        "order.delivered", at, **order.keys, waybill_token=order.waybill, weight_g=order.weight_g, **CARRIER
    )  # fmt: skip
    received_at = at + int((2 + 30 * rng.random()) * HOUR_MS)
    scene.later(received_at, _receive, order)


def _receive(scene: Scene, at: int, order: Order) -> None:
    rng, session = scene.rng, scene.open_session(order.user, at)
    if rng.random() < 0.06:
        after_sales.ask_refund(scene, session, at, order)
        return
    scene.emit_money(
        session, "order.receipt_confirmed", at, **order.keys, addr_token=order.address.token, amount=order.amount,
        since_paid_s=(at - order.paid_at) // 1000, weight_g=order.weight_g, expected_weight_g=order.goods.weight_g,
        goods_class=order.goods.name,
    )  # fmt: skip
    after_sales.think_twice(scene, at, order)
    if rng.random() < 0.3:
        rating = rng.choices((5, 4, 3, 2, 1), (62, 20, 9, 4, 5))[0]
        scene.emit(
            session, "review.posted", at + 5 * MIN, **order.keys, rating=rating,
            text_hash=f"txt_{rng.getrandbits(40):010x}", reward_hint=rng.random() < 0.01,
        )  # fmt: skip


def _deliver_virtual(scene: Scene, session: Session, order: Order, at: int) -> None:
    if order.goods.name == "gift_card":
        scene.emit_money(session, "giftcard.issued", at, value=order.amount, target_account=session.user.id)
        return
    scene.emit_money(
        session, "virtual.recharged", at, value=order.amount, target_account=session.user.id, is_third_party=False,
        suspected_minor=session.user.kind == "minor",
    )  # fmt: skip


def _coupon(scene: Scene, order: Order) -> int:
    """Return the value of the coupon used, 0 for none."""
    return min(order.amount // 5, 2_000) if scene.rng.random() < 0.2 else 0


def use_coupon(scene: Scene, at: int) -> None:
    """Claim a coupon, shop with it, redeem it."""
    rng, user = scene.rng, pick_user(scene, at)
    session, at = arrive(scene, user, at)
    campaign = f"camp_{rng.randrange(12):03d}"
    address = user.addresses[-1]
    keys: dict[str, object] = {"campaign": campaign, "value": 1_000, "addr_token": address.token}
    scene.emit_money(session, "coupon.claimed", at, **keys)
    if user.cards and rng.random() < 0.6:
        order = new_order(scene, session, address=address)
        at = buy(scene, session, order, at + MIN, coupon_value=min(1_000, order.amount))
        scene.emit_money(session, "coupon.redeemed", at, **keys, order_id=order.id)
    elif rng.random() < 0.2:
        scene.emit_money(session, "points.redeemed", at + MIN, value=rng.randrange(50, 900))
