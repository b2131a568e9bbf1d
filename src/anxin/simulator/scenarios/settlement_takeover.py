"""Settlement takeover: a thief in a shop's back office redirects the next pay-out."""

from __future__ import annotations

from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import HOUR, MINUTE, Stage


def play(stage: Stage) -> None:
    """Break into a shop's account, change the settlement account, and ask for the pay-out the same day."""
    seller = stage.seller()
    stage.accuse(seller.id)
    thief = stage.intrude(seller.owner)
    thief.envelope["actor_type"] = "seller"
    stage.login(thief, new_device=True, new_city=True)
    stage.wait(9 * MINUTE)
    stage.act(thief, "seller.settlement_changed", seller_id=seller.id, old_token=seller.settlement_token,
              new_token=stage.people.serial("settle"), changed_by="owner_password")  # fmt: skip
    stage.wait(5 * HOUR)
    stage.accuse(seller.id, loss_minor=4_600_000)
    fields: dict[str, object] = {"seller_id": seller.id, "amount": 4_600_000, "period": "week"}
    stage.act_money(thief, "seller.payout_requested", **fields)
    stage.wait(1 * HOUR)
    stage.act_money(thief, "seller.paid_out", **fields)


SCENARIO = Scenario(
    name="settlement_takeover",
    zh="结算账户被换后立即提款",
    en="Settlement account swapped, then paid out",
    taxonomy="TXN.SETT",
    rules=("RT12",),
    play=play,
)
