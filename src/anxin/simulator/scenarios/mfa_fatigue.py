"""Second-factor fatigue: prompt until the owner taps yes, switch the factor off, order at once."""

from __future__ import annotations

from anxin.simulator.goods import ELECTRONICS
from anxin.simulator.ordinary.shopping import order_fields
from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import MINUTE, Stage


def play(stage: Stage) -> None:
    """Send nine prompts in six minutes until one is accepted, then turn the factor off and buy a phone."""
    owner = stage.victim()
    stage.accuse(owner.id)
    thief = stage.intrude(owner)
    for attempt in range(1, 10):
        stage.act(thief, "account.mfa_challenged", factor="push", attempts=attempt)
        stage.wait(35)
    stage.act(thief, "account.mfa_passed", factor="push", attempts=9)
    stage.wait(10)
    stage.login(thief, new_device=True, new_city=True, mfa_used=True)
    stage.wait(3 * MINUTE)
    stage.act(thief, "account.mfa_disabled", factor="push", initiator="user")
    stage.wait(8 * MINUTE)
    order = stage.order(thief, goods=ELECTRONICS, amount=1_099_900, address=stage.people.address(thief.place))
    stage.accuse(owner.id, loss_minor=order.amount)
    stage.act_money(thief, "order.created", **order_fields(order, new_address=True))
    stage.wait(30)
    payment = stage.payment_fields(order, new_address=True)
    stage.act_money(thief, "payment.attempted", **payment)
    stage.wait(2)
    stage.act_money(thief, "payment.succeeded", **payment)


SCENARIO = Scenario(
    name="mfa_fatigue",
    zh="验证疲劳：连续弹窗直到误点，再关掉二次验证",
    en="Second-factor fatigue, then factor off and a costly order",
    taxonomy="ACC.ATO",
    rules=("RA05", "RA06"),
    play=play,
)
