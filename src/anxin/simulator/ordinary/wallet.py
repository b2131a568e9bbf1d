"""Ordinary money among people: transfers to known payees, red packets, top-ups, gift cards, withdrawals."""

from __future__ import annotations

from anxin.simulator.ordinary.people_picking import pick_adult, pick_friend
from anxin.simulator.ordinary.signing_in import MIN, arrive
from anxin.simulator.scene import Scene, Session

QUIET: dict[str, object] = {"screen_sharing": False, "remote_app": False, "call_in_progress": False}


def move_money(scene: Scene, at: int) -> None:
    """Let an adult do one thing with the wallet."""
    user = pick_adult(scene, at)
    session, at = arrive(scene, user, at)
    scene.rng.choices(_DEEDS, _DEED_WEIGHTS)[0](scene, session, at)


def usual_amount(scene: Scene, session: Session) -> int:
    """Draw an amount in minor units as this user commonly sends."""
    rng = scene.rng
    return max(100, int(18_000 * session.user.level_permille * rng.lognormvariate(0.0, 0.7) / 1000))


def transfer(scene: Scene, session: Session, at: int) -> None:
    """Send money to a payee, in one of twenty cases a new one."""
    rng, user = scene.rng, session.user
    is_new = rng.random() < 0.05
    if is_new:
        user.payees.append(scene.world.population.serial("payee"))
        scene.emit(session, "payee.added", at, payee_id=user.payees[-1])
    payee = user.payees[-1] if is_new else rng.choice(user.payees)
    amount = usual_amount(scene, session)
    scene.emit_money(
        session, "wallet.transferred", at + MIN, amount=amount, payee_id=payee, new_payee=is_new,
        transfer_type="person", **QUIET,
    )  # fmt: skip


def send_red_packets(scene: Scene, session: Session, at: int) -> None:
    """Give small sums to one to three friends, who receive them."""
    user = session.user
    for _ in range(scene.rng.randrange(1, 4)):
        friend, amount = pick_friend(scene, user), scene.rng.choice((520, 666, 888, 1_000, 5_200))
        scene.emit_money(
            session, "wallet.transferred", at, amount=amount, payee_id=f"payee_{friend.id}", new_payee=False,
            transfer_type="red_packet", **QUIET,
        )  # fmt: skip
        at += MIN
        if friend.place.currency == user.place.currency:
            scene.emit_money(
                scene.open_session(friend, at), "wallet.received", at, amount=amount, payer_id=user.id
            )  # fmt: skip


def withdraw(scene: Scene, session: Session, at: int) -> None:
    """Take money out to the own bank account."""
    amount = usual_amount(scene, session)
    scene.emit_money(
        session,
        "wallet.withdrawn",
        at,
        amount=amount,
        payee_id=f"payee_own_{session.user.id}",
        new_payee=False,
        **QUIET,
    )


def top_up(scene: Scene, session: Session, at: int) -> None:
    """Recharge the own phone, or now and then a relative's."""
    is_other = scene.rng.random() < 0.15
    target = pick_friend(scene, session.user).id if is_other else session.user.id
    scene.emit_money(
        session, "virtual.recharged", at, value=scene.rng.choice((3_000, 5_000, 10_000)), target_account=target,
        is_third_party=is_other, suspected_minor=False,
    )  # fmt: skip


def give_card(scene: Scene, session: Session, at: int) -> None:
    """Buy a gift card for a friend, who redeems it."""
    friend = pick_friend(scene, session.user)
    fields: dict[str, object] = {"value": scene.rng.choice((10_000, 20_000, 50_000)), "target_account": friend.id}
    scene.emit_money(session, "giftcard.issued", at, **fields)
    scene.later(at + 90 * MIN, _redeem_card, session, fields)


def _redeem_card(scene: Scene, at: int, session: Session, fields: dict[str, object]) -> None:
    scene.emit_money(session, "giftcard.redeemed", at, **fields)


_DEEDS = (transfer, send_red_packets, withdraw, top_up, give_card)
_DEED_WEIGHTS = (46, 18, 12, 20, 4)
