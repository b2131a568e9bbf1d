"""One order of goods, from basket to second thoughts."""

from __future__ import annotations

from dataclasses import dataclass

from anxin.simulator.goods import GoodsClass
from anxin.simulator.people import Address, Seller, User


@dataclass(slots=True, eq=False)
class Order:
    """One order on its way; `paid_at` in ms UTC is 0 until it is paid.

    `payment_id` is the event that paid it, empty when that was before the story begins.
    """

    id: str
    user: User
    seller: Seller
    goods: GoodsClass
    amount: int
    address: Address
    weight_g: int
    waybill: str = ""
    paid_at: int = 0
    payment_id: str = ""

    @property
    def keys(self) -> dict[str, object]:
        """Return the fields that name the order and its shop."""
        return {"order_id": self.id, "seller_id": self.seller.id}
