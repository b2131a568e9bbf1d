"""Account takeover: guess the password, reset it, change the phone, then pay a new payee."""

from __future__ import annotations

from anxin.simulator import places
from anxin.simulator.goods import ELECTRONICS
from anxin.simulator.ordinary.shopping import order_fields
from anxin.simulator.scenario import Scenario
from anxin.simulator.scene import Session
from anxin.simulator.stage import HOUR, MINUTE, Stage


def play(stage: Stage) -> None:
    """Break in from afar within minutes of the owner's own sign-in, then take the account over step by step."""
    owner = stage.victim()
    stage.pay_history(owner, payments=6)
    stage.wait(10 * MINUTE)
    stage.accuse(owner.id)
    thief = stage.intrude(owner)
    for _ in range(7):
        stage.fail_login(thief)
        stage.wait(25)
    stage.login(thief, new_device=True, new_city=True)
    stage.wait(2 * MINUTE)
    stage.act(thief, "account.reset_requested", initiator="user", channel="sms")
    stage.wait(1 * MINUTE)
    stage.act(thief, "account.reset_done", initiator="user", channel="sms", since_login_s=190)
    stage.wait(2 * MINUTE)
    number = stage.people.phone()
    stage.act(
        thief, "account.contact_changed", field="phone", old_token=f"ph_{owner.phone[-8:]}",
        new_token=f"ph_{number[-8:]}", verified_by="sms_code", phone=number,
    )  # fmt: skip
    _cash_out(stage, thief)


def _cash_out(stage: Stage, thief: Session) -> None:
    """Add a payee and an address, send the balance away, order a phone."""
    owner, payee = thief.user, stage.people.serial("payee")
    stage.wait(4 * MINUTE)
    stage.act(thief, "payee.added", payee_id=payee)
    stage.wait(1 * MINUTE)
    stage.accuse(owner.id, loss_minor=1_860_000)
    stage.transfer(thief, 1_860_000, payee, new_payee=True)
    stage.wait(3 * MINUTE)
    drop = stage.people.address(thief.place)
    stage.accuse(owner.id)
    stage.act(
        thief, "address.added", addr_token=drop.token, province=drop.place.code,
        receiver_phone_token=drop.receiver_phone_token,
    )  # fmt: skip
    order = stage.order(thief, goods=ELECTRONICS, amount=899_900, address=drop)
    stage.accuse(owner.id, loss_minor=order.amount)
    stage.wait(1 * MINUTE)
    stage.act_money(thief, "order.created", **order_fields(order, new_address=True))
    stage.act_money(thief, "payment.attempted", **stage.payment_fields(order, new_payee=True, new_address=True))
    stage.wait(2)
    stage.act_money(thief, "payment.succeeded", **stage.payment_fields(order, new_payee=True, new_address=True))


def play_stealthily(stage: Stage) -> None:
    """Sign in with a phished password from the owner's own city, wait, and send four sums below what is notable."""
    owner = stage.victim()
    stage.pay_history(owner, payments=6)
    stage.wait(3 * HOUR)
    stage.accuse(owner.id)
    device, line = stage.people.device("android"), places.residential(owner.place, stage.rng)
    thief = stage.session(owner, device=device, connection=line)
    stage.login(thief, new_device=True)
    stage.wait(2 * HOUR)
    payee = stage.people.serial("payee")
    stage.act(thief, "payee.added", payee_id=payee)
    stage.accuse(owner.id, loss_minor=42_000)
    for number in range(4):
        stage.wait(40 * MINUTE)
        stage.transfer(thief, 42_000, payee, new_payee=number == 0)


SCENARIO = Scenario(
    name="account_takeover",
    zh="盗号：重置密码、换绑手机、向新收款人付款",
    en="Account takeover with reset, contact change and new payee",
    taxonomy="ACC.ATO",
    rules=("RA01", "RA03", "RA04", "RA21", "RT22"),
    play=play,
    stealthy=play_stealthily,
)
