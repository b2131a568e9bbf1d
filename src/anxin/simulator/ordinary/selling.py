"""Ordinary days of shops: listings, pay-outs, licences, new shops, honest changes of the settlement account."""

from __future__ import annotations

from anxin.simulator.goods import SHOPPING
from anxin.simulator.ordinary.people_picking import pick_adult, pick_seller
from anxin.simulator.ordinary.signing_in import MIN, sign_in
from anxin.simulator.people import Seller
from anxin.simulator.scene import Scene, Session
from anxin.simulator.timeline import DAY_MS

PAYOUT_EVERY_MS = DAY_MS
PATIENT_SHARE = 0.9


def run_shop(scene: Scene, at: int) -> None:
    """Let a seller do one thing in the back office."""
    seller = pick_seller(scene)
    session, at = sign_in(scene, seller.owner, at)
    session.envelope["actor_type"] = "seller"
    scene.rng.choices(_DEEDS, _DEED_WEIGHTS)[0](scene, session, at, seller)


def listing_fields(scene: Scene, seller: Seller) -> dict[str, object]:
    """Return the fields of an honest listing of one of the seller's goods."""
    rng = scene.rng
    goods = SHOPPING[rng.choice(seller.goods)]
    needs_permit = goods.category in ("food", "cosmetics")
    return {
        "seller_id": seller.id, "listing_id": f"lst_{rng.getrandbits(40):010x}", "category": goods.category,
        "text": "秋季新品,尺码齐全,支持七天无理由退货", "images_hash": f"img_{rng.getrandbits(40):010x}",
        "needs_permit": needs_permit, "has_permit": needs_permit, "is_prohibited": False, "price": goods.price_minor,
        "ad_flags": [], "ai_generated": False, "ai_label": False,
    }  # fmt: skip


def _list_goods(scene: Scene, session: Session, at: int, seller: Seller) -> None:
    fields = listing_fields(scene, seller)
    scene.emit_money(session, "listing.published", at, **fields)
    chance = scene.rng.random()
    if chance < 0.35:
        scene.emit_money(session, "listing.edited", at + 3 * MIN, **fields)
    elif chance < 0.45:
        scene.emit(
            session, "listing.removed", at + 9 * MIN, seller_id=seller.id, listing_id=fields["listing_id"],
            reason="sold_out",
        )  # fmt: skip


def _take_payout(scene: Scene, session: Session, at: int, seller: Seller) -> None:
    if at < seller.next_payout_at:
        _list_goods(scene, session, at, seller)
        return
    seller.next_payout_at = at + PAYOUT_EVERY_MS
    amount = int(180_000 * scene.rng.lognormvariate(0.0, 0.8))
    fields: dict[str, object] = {"seller_id": seller.id, "amount": amount, "period": "week"}
    scene.emit_money(session, "seller.payout_requested", at, **fields)
    scene.later(at + DAY_MS, _pay_out, session, fields)


def _pay_out(scene: Scene, at: int, session: Session, fields: dict[str, object]) -> None:
    scene.emit_money(session, "seller.paid_out", at, **fields)


def change_settlement(scene: Scene, session: Session, at: int, seller: Seller) -> None:
    """Change the settlement account honestly; most then wait four days for the next pay-out."""
    old, seller.settlement_token = seller.settlement_token, scene.world.population.serial("settle")
    scene.emit(
        session, "seller.settlement_changed", at, seller_id=seller.id, old_token=old,
        new_token=seller.settlement_token, changed_by="owner_with_face_check",
    )  # fmt: skip
    if scene.rng.random() < PATIENT_SHARE:
        seller.next_payout_at = at + 4 * DAY_MS


def _renew_licence(scene: Scene, session: Session, at: int, seller: Seller) -> None:
    days = max(60, (seller.licence_expires_at - at) // DAY_MS)
    scene.emit(session, "seller.licence_checked", at, seller_id=seller.id, expires_in_days=days, actor_type="service")
    scene.emit(
        session, "seller.verified", at + MIN, seller_id=seller.id, licence_expires_at=seller.licence_expires_at,
        actor_type="service",
    )  # fmt: skip


def open_shop(scene: Scene, at: int) -> None:
    """Let somebody open a shop with papers in order."""
    world, owner = scene.world, pick_adult(scene, at)
    seller = world.new_seller(owner, scene.rng)
    session, at = sign_in(scene, owner, at)
    scene.emit(
        session, "seller.onboarded", at, seller_id=seller.id, uscc_token=world.population.serial("uscc"),
        licence_expires_at=seller.licence_expires_at, category_permits=["food"],
        legal_rep_token=world.population.serial("id"), inspect_due=at + 180 * DAY_MS, actor_type="seller",
    )  # fmt: skip
    scene.emit(
        session, "seller.verified", at + 9 * MIN, seller_id=seller.id, licence_expires_at=seller.licence_expires_at,
        actor_type="seller",
    )  # fmt: skip
    world.sellers.append(seller)


_DEEDS = (_list_goods, _take_payout, change_settlement, _renew_licence)
_DEED_WEIGHTS = (72, 18, 1, 9)
