"""Refund abuse: goods kept, money back: one picture as evidence everywhere, bricks in the parcel."""

from __future__ import annotations

from anxin.simulator.scenario import Scenario
from anxin.simulator.scene import Session
from anxin.simulator.stage import MINUTE, Stage


def play(stage: Stage) -> None:
    """Refund nine of ten orders, lend the picture to four friends, and return one parcel nearly empty."""
    abuser, picture = stage.newcomer(age_days=150), f"img_{stage.rng.getrandbits(40):010x}"
    stage.pay_history(abuser, payments=10, amount=12_000)
    session = stage.session(abuser)
    for _ in range(9):
        stage.wait(6 * MINUTE)
        _ask(stage, session, refund_type="only_refund", reason="quality", evidence_hash=picture)
    for _ in range(4):
        friend = stage.session(stage.newcomer(age_days=60))
        stage.wait(12 * MINUTE)
        _ask(stage, friend, refund_type="only_refund", reason="quality", evidence_hash=picture)
    stage.wait(12 * MINUTE)
    _ask(stage, session, refund_type="return", reason="size", shipped_weight_g=1_450, returned_weight_g=180)


def _ask(stage: Stage, session: Session, least: int = 12_000, /, **fields: object) -> None:
    order = stage.order(session, amount=stage.rng.randrange(least, least * 3 // 2))
    stage.accuse(order.seller.id, loss_minor=order.amount)
    stage.act_money(session, "refund.requested", **order.keys, amount=order.amount, **fields)


def play_stealthily(stage: Stage) -> None:
    """Refund five of twelve orders, each with its own picture, and return a parcel half as heavy as it was sent."""
    abuser = stage.newcomer(age_days=150)
    stage.pay_history(abuser, payments=12, amount=12_000)
    session = stage.session(abuser)
    for _ in range(5):
        stage.wait(45 * MINUTE)
        picture = f"img_{stage.rng.getrandbits(40):010x}"
        _ask(stage, session, 8_000, refund_type="only_refund", reason="quality", evidence_hash=picture)
    stage.wait(45 * MINUTE)
    _ask(stage, session, 8_000, refund_type="return", reason="size", shipped_weight_g=1_450, returned_weight_g=700)


SCENARIO = Scenario(
    name="refund_abuse",
    zh="恶意退款：反复仅退款、重复凭证、空包退货",
    en="Refund abuse with reused evidence and light returns",
    taxonomy="TXN.REFUND",
    rules=("RT10", "RT11"),
    play=play,
    stealthy=play_stealthily,
)
