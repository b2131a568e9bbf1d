"""The simulated world: who lives in it, who sells, who works for the platform."""

from __future__ import annotations

from random import Random
from zlib import crc32

from anxin.simulator import places
from anxin.simulator.goods import SHOPPING
from anxin.simulator.people import DAY_MS, Exemptions, Seller, Staff, User
from anxin.simulator.population import Population

MOST_USERS, FEWEST_USERS = 100_000, 400


class World:
    """Hold all people of one seeded world; `start_at` in ms UTC is when their story begins."""

    def __init__(self, seed: str, *, users: int, start_at: int) -> None:
        self.start_at = start_at
        rng = Random(f"{seed}:world")
        self.population = Population(rng, start_at, crc32(seed.encode()))
        self.users: list[User] = []
        self._settle(rng, min(MOST_USERS, max(FEWEST_USERS, users)))
        self._share_addresses(rng)
        self._befriend(rng)
        count = max(30, len(self.users) // 60)
        self.sellers = [self.new_seller(rng.choice(self.users), rng) for _ in range(count)]
        self.staff = [self._staff(i, rng) for i in range(max(24, len(self.users) // 400))]
        self.enterprises = [user for user in self.users if user.kind == "enterprise"]

    def new_seller(self, owner: User, rng: Random) -> Seller:
        """Open a shop for `owner` with one or two classes of goods and a licence good for years."""
        population = self.population
        goods = tuple(rng.sample(range(len(SHOPPING)), 2))
        expires_at = self.start_at + rng.randrange(120, 1_500) * DAY_MS
        return Seller(population.serial("shop"), owner, goods, expires_at, population.serial("settle"))

    def exemptions(self) -> Exemptions:
        """Return what honest people share: dormitories, pickup stations, towers, family cards, enterprise buyers."""
        people = self.population
        owners: dict[str, int] = {}
        for user in self.users:
            for card in user.cards:
                owners[card.token] = owners.get(card.token, 0) + 1
        return Exemptions(
            tuple(a.token for a in (*people.dormitories, *people.stations, *people.towers)),
            tuple(token for token, count in owners.items() if count > 1),
            tuple(user.id for user in self.enterprises),
            tuple(user.id for user in self.users if user.uses_vpn),
            tuple(str(number) for number in sorted({user.mobile.asn for user in self.users})),
        )

    def _settle(self, rng: Random, count: int) -> None:
        """Fill the world: a quarter in families, a tenth in dormitories, a few enterprises, the rest single."""
        people = self.population
        while len(self.users) < count * 0.1:
            self.users += people.dormitory()
        while len(self.users) < count * 0.35:
            self.users += people.household()
        self.users += [people.user(kind="enterprise") for _ in range(max(2, count // 500))]
        while len(self.users) < count:
            kind = rng.choices(("adult", "student", "elder", "minor"), (80, 8, 9, 3))[0]
            self.users.append(people.user(kind=kind))
        rng.shuffle(self.users)

    def _share_addresses(self, rng: Random) -> None:
        people = self.population
        by_place: dict[int, list[int]] = {}
        for i, station in enumerate(people.stations):
            by_place.setdefault(station.place.index, []).append(i)
        for user in self.users:
            near = by_place.get(user.place.index)
            if near and rng.random() < 0.4:
                user.addresses.append(people.stations[rng.choice(near)])
            elif user.kind == "adult" and rng.random() < 0.05:
                user.addresses.append(rng.choice(people.towers))

    def _befriend(self, rng: Random) -> None:
        count = len(self.users)
        for user in self.users:
            user.friends = [int(rng.random() * count) for _ in range(rng.randrange(2, 9))]

    def _staff(self, number: int, rng: Random) -> Staff:
        people = self.population
        place_name = ("Hangzhou office", "Chengdu office")[number % 2]
        return Staff(
            people.serial("agent"), place_name, people.device("web"), places.office(number), rng.random() < 0.2
        )
