"""False customer service: a caller makes the victim share the screen and pay a “refund account”."""

from __future__ import annotations

from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import MINUTE, Stage


def play(stage: Stage) -> None:
    """Report the call, share the screen all the same, send two large sums to a new payee, and tell the desk."""
    victim = stage.victim("adult", "elder")
    stage.pay_history(victim, payments=8, amount=9_000)
    stage.wait(30 * MINUTE)
    session = stage.session(victim)
    stage.accuse(victim.id)
    stage.act(session, "call.reported", number_kind="overseas", claims_to_be="customer_service")
    stage.wait(20 * MINUTE)
    watched: dict[str, object] = {"screen_sharing": True, "remote_app": True, "call_in_progress": True}
    session.envelope["device_flags"] = ["screen_sharing", "remote_app", "call_in_progress"]
    stage.act(session, "session.risk_signal", accessibility=True, copy_paste_rate=6, **watched)
    stage.wait(5 * MINUTE)
    payee = stage.people.serial("payee")
    stage.act(session, "payee.added", payee_id=payee)
    stage.wait(2 * MINUTE)
    stage.accuse(victim.id, loss_minor=980_000)
    stage.transfer(session, 980_000, payee, new_payee=True, **watched)
    stage.wait(4 * MINUTE)
    order = stage.order(session, amount=1_250_000)
    stage.accuse(victim.id, loss_minor=order.amount)
    stage.act_money(session, "payment.attempted",
                    **stage.payment_fields(order, payee_id=payee, new_payee=True, **watched))  # fmt: skip
    stage.wait(1 * MINUTE)
    stage.accuse(victim.id)
    stage.act(session, "ticket.message", ticket_id=stage.people.serial("tkt"), channel="chat", from_staff=False,
              anger_score=30, threatens_media=False, money_moving=True)  # fmt: skip


SCENARIO = Scenario(
    name="screen_sharing",
    zh="冒充客服退款：屏幕共享下向新收款人付款",
    en="Payment under screen sharing to a false refund service",
    taxonomy="SCM.SC04",
    rules=("RT03", "RT20", "RS05", "RT27"),
    play=play,
)
