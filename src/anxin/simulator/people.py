"""Users, their devices, cards and addresses, as the simulated world knows them."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from anxin.simulator.places import Connection, Place

DAY_MS = 86_400_000


@dataclass(slots=True, eq=False)
class Device:
    """One phone, tablet or computer; `flags` are what its client reports."""

    id: str
    fingerprint: str
    terminal: str
    flags: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class Card:
    """One payment method: a token and an issuer number, never a card number."""

    token: str
    bin: str
    country: str = "CN"


@dataclass(slots=True, eq=False)
class Address:
    """One delivery address; `kind` is home, dormitory, pickup_station or office_tower."""

    token: str
    place: Place
    receiver_phone_token: str
    kind: str = "home"


@dataclass(slots=True, eq=False)
class User:
    """One account holder with habits; money in minor units of `place.currency`.

    `kind` is adult, student, elder, minor or enterprise. `level_permille` scales all that the user spends.
    """

    id: str
    kind: str
    platform: str
    place: Place
    registered_at: int
    phone: str
    email: str
    home: Connection
    mobile: Connection
    devices: list[Device]
    cards: list[Card]
    addresses: list[Address]
    level_permille: int
    is_night_owl: bool = False
    uses_vpn: bool = False
    payees: list[str] = field(default_factory=list)
    friends: list[int] = field(default_factory=list)
    last_login_at: int = 0
    orders: int = 0

    def age_days(self, at: int) -> int:
        """Return whole days since registration at `at`, in ms UTC."""
        return max(0, at - self.registered_at) // DAY_MS


@dataclass(slots=True, eq=False)
class Seller:
    """One shop; `owner` is the account that runs it, `next_payout_at` in ms UTC when it may ask again."""

    id: str
    owner: User
    goods: tuple[int, ...]
    licence_expires_at: int
    settlement_token: str
    next_payout_at: int = 0


@dataclass(slots=True, eq=False)
class Staff:
    """One member of the platform's staff."""

    id: str
    place_name: str
    device: Device
    connection: Connection
    works_nights: bool = False


@dataclass(frozen=True, slots=True)
class Exemptions:
    """Entity values that honest life shares widely; ready to load into the exempt lists of a policy."""

    shared_addresses: tuple[str, ...]
    family_cards: tuple[str, ...]
    enterprise_buyers: tuple[str, ...]
    vpn_users: tuple[str, ...]
    mobile_nat_asns: tuple[str, ...]

    def lists(self) -> dict[str, tuple[str, ...]]:
        """Return the values by the name of the starter policy's list they belong into."""
        return {each.name: getattr(self, each.name) for each in fields(self)}
