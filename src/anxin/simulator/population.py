"""Draw a population: single people, families, dormitories, enterprises, people abroad."""

from __future__ import annotations

from random import Random

from anxin.simulator import places
from anxin.simulator.people import DAY_MS, Address, Card, Device, User
from anxin.simulator.places import ABROAD, PROVINCES, Connection, Place

PLATFORMS = ("mall", "social", "local")
TERMINALS = ("ios", "android", "android", "web", "mini_program")
DORMITORY_SIZE, STATION_COUNT = 60, 24
PHONES = 100_000_000


class Population:
    """Draw people one by one from a seeded source; `start_at` in ms UTC is when their story begins.

    `stamp` is a number of the world, so that two worlds that meet in one gateway do not share people.
    """

    def __init__(self, rng: Random, start_at: int, stamp: int) -> None:
        self.rng = rng
        self.start_at = start_at
        self._letters = f"{stamp & 0xFFFF:04x}"
        self._first_phone = stamp % PHONES
        self._number = 0
        self.stations = [self._shared_address("pickup", i, "pickup_station") for i in range(STATION_COUNT)]
        self.towers = [self._shared_address("tower", i, "office_tower") for i in range(6)]
        self.dormitories: list[Address] = []

    def serial(self, prefix: str) -> str:
        """Return a token that no other thing of this world has."""
        self._number += 1
        return f"{prefix}_{self._letters}{self._number:06d}"

    def phone(self) -> str:
        """Return a number of the segment 154, which is assigned to nobody."""
        self._number += 1
        return f"+86154{(self._first_phone + self._number) % PHONES:08d}"

    def device(self, terminal: str | None = None, flags: tuple[str, ...] = ()) -> Device:
        """Return a device never seen before."""
        kind = terminal or self.rng.choice(TERMINALS)
        return Device(self.serial("dev"), f"{self.rng.getrandbits(64):016x}", kind, flags)

    def card(self, country: str = "CN") -> Card:
        """Return a payment method never seen before; its issuer number is of no real issuer."""
        return Card(self.serial("pm"), f"999{self.rng.randrange(1000):03d}", country)

    def address(self, place: Place) -> Address:
        """Return a home address never seen before."""
        return Address(self.serial("addr"), place, self.serial("rcv"))

    def place(self) -> Place:
        """Draw a place by how many people live there; about one in twenty-five lives abroad."""
        if self.rng.random() < 0.04:
            return self.rng.choices(ABROAD, _ABROAD_WEIGHTS)[0]
        return self.rng.choices(PROVINCES, _WEIGHTS)[0]

    def user(self, *, kind: str = "adult", place: Place | None = None, age_days: int | None = None) -> User:
        """Draw one account holder; `age_days` None draws an age of 20 days to 6 years."""
        rng, home = self.rng, place or self.place()
        age = rng.randrange(20, 2_200) if age_days is None else age_days
        return User(
            id=self.serial("user"),
            kind=kind,
            platform=PLATFORMS[min(2, int(rng.random() * 3.6) % 3)],
            place=home,
            registered_at=self.start_at - age * DAY_MS,
            phone=self.phone(),
            email=f"{self.serial('mail')}@mail.example",
            home=places.residential(home, rng),
            mobile=places.mobile(home, rng),
            devices=[self.device()],
            cards=[self.card(home.country)] if kind != "minor" else [],
            addresses=[self.address(home)],
            level_permille=int(1000 * rng.lognormvariate(0.0, 0.45)),
            is_night_owl=rng.random() < 0.12,
            uses_vpn=rng.random() < 0.015,
            payees=[self.serial("payee") for _ in range(rng.randrange(1, 5))],
        )

    def household(self) -> list[User]:
        """Draw two to four people who share home, address and tablet, and often one card."""
        place, rng = self.place(), self.rng
        kinds = ["adult", "adult", rng.choice(("minor", "elder", "student")), "elder"][: rng.randrange(2, 5)]
        people = [self.user(kind=kind, place=place) for kind in kinds]
        first, tablet = people[0], self.device("android")
        for person in people:
            person.home, person.addresses = first.home, list(first.addresses)
            person.devices.append(tablet)
        if rng.random() < 0.6:
            for person in people[1:]:
                person.cards.append(first.cards[0])
        return people

    def dormitory(self) -> list[User]:
        """Draw students of one dormitory, who share an address and the campus network."""
        place = self.rng.choices(PROVINCES, _WEIGHTS)[0]
        number = len(self.dormitories)
        address = self._shared_address("dorm", number, "dormitory", place)
        self.dormitories.append(address)
        exit_: Connection = places.campus(place, number)
        people = [self.user(kind="student", place=place) for _ in range(DORMITORY_SIZE)]
        for person in people:
            person.home, person.addresses = exit_, [address]
        return people

    def _shared_address(self, word: str, number: int, kind: str, place: Place | None = None) -> Address:
        where = place or self.rng.choices(PROVINCES, _WEIGHTS)[0]
        return Address(f"addr_{word}_{number:04d}", where, f"rcv_{word}_{number:04d}", kind)


_WEIGHTS = [p.weight for p in PROVINCES]
_ABROAD_WEIGHTS = [p.weight for p in ABROAD]
