"""Classes of goods: what they cost, what they weigh, and how easily they are sold on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GoodsClass:
    """One class of goods; `price_minor` is a median, `weight_g` the usual parcel, 0 for virtual goods."""

    name: str
    price_minor: int
    weight_g: int
    category: str
    is_virtual: bool = False


APPAREL = GoodsClass("apparel", 12_900, 620, "clothing")
ELECTRONICS = GoodsClass("electronics", 89_900, 780, "phones_computers")
GOLD = GoodsClass("gold", 320_000, 120, "jewellery")
VIRTUAL = GoodsClass("virtual", 5_000, 0, "game_recharge", is_virtual=True)
GIFT_CARD = GoodsClass("gift_card", 20_000, 0, "gift_cards", is_virtual=True)
SHOPPING = (
    APPAREL,
    GoodsClass("groceries", 5_900, 2_400, "food"),
    GoodsClass("home", 9_900, 1_800, "household"),
    GoodsClass("beauty", 15_900, 540, "cosmetics"),
    GoodsClass("books", 4_500, 650, "books"),
    GoodsClass("toys", 7_900, 900, "toys"),
    ELECTRONICS,
    VIRTUAL,
    GIFT_CARD,
    GOLD,
)
SHOPPING_WEIGHTS = (28, 22, 16, 12, 8, 6, 5, 6, 1, 1)
LOCAL_LIFE = GoodsClass("meal", 3_800, 0, "restaurant")
