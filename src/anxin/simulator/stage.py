"""The stage of a scenario: its people, its clock, and what it writes as attack or as groundwork."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random

from anxin.simulator import places
from anxin.simulator.event_ids import EventIds
from anxin.simulator.labelled import ORDINARY, Event, Label
from anxin.simulator.ordinary import shopping
from anxin.simulator.ordinary.order import Order
from anxin.simulator.people import Device, Seller, Staff, User
from anxin.simulator.places import Connection, Place
from anxin.simulator.population import Population
from anxin.simulator.scene import Scene, Session
from anxin.simulator.timeline import next_local_hour
from anxin.simulator.world import World

MINUTE, HOUR, DAY = 60, 3_600, 86_400


class Stage:
    """Let a scenario act; `now` in ms UTC moves only by `wait` and `wait_for_hour`.

    `name`, `variant` and the incident go into the label of every act outside `groundwork`.
    """

    def __init__(
        self, name: str, world: World, rng: Random, ids: EventIds, at: int, *, variant: str | None = None
    ) -> None:
        self.scene = Scene(world, rng, ids)
        self.world = world
        self.rng = rng
        self.now = at
        incident = world.population.serial("incident")
        self._label = Label(scenario=name, is_fraud=True, variant=variant, incident=incident)
        self.scene.label = self._label

    @property
    def people(self) -> Population:
        """Return the source of new people, devices, cards and tokens."""
        return self.world.population

    def wait(self, seconds: float, spread: float = 0.2) -> None:
        """Move the clock by about `seconds`, at most `spread` of it more or less."""
        factor = 1 + spread * (2 * self.rng.random() - 1)
        self.now += max(1, int(seconds * 1000 * factor))

    def wait_for_hour(self, hour: int) -> None:
        """Move the clock to the next full local `hour`, unless it is that hour already."""
        self.now = next_local_hour(self.now, range(hour, hour + 1))

    def at_least(self, count: int) -> int:
        """Draw how often something happens: `count` times, or up to two fifths more."""
        return count + self.rng.randrange(1 + count * 2 // 5)

    def accuse(self, victim: str | None = None, *, loss_minor: int = 0, is_fraud: bool = True) -> None:
        """Set the label of the acts that follow."""
        self.scene.label = replace(self._label, is_fraud=is_fraud, victim=victim, loss_minor=loss_minor)

    @contextmanager
    def groundwork(self) -> Iterator[None]:
        """Label what is written inside as ordinary life before the attack."""
        label, self.scene.label = self.scene.label, ORDINARY
        try:
            yield
        finally:
            self.scene.label = label

    def victim(self, *kinds: str) -> User:
        """Return a grown-up inhabitant of a Chinese province with an own card, or one of the given kinds."""
        wanted = kinds or ("adult", "elder")
        users = self.world.users
        start = self.rng.randrange(len(users))
        for step in range(len(users)):
            user = users[(start + step) % len(users)]
            if user.kind in wanted and user.place.code is not None and (user.cards or user.kind == "minor"):
                return user
        return self.people.user(kind=wanted[0], place=places.PROVINCES[8])

    def newcomer(self, *, age_days: int = 0, place: Place | None = None, kind: str = "adult") -> User:
        """Return an account made for the attack, unknown to the world's ordinary life."""
        user = self.people.user(kind=kind, place=place or self.rng.choice(places.PROVINCES), age_days=age_days)
        user.registered_at = self.now - age_days * 86_400_000
        user.level_permille = 1_000
        return user

    def seller(self, *, goods: tuple[int, ...] | None = None) -> Seller:
        """Return a shop made for the attack; `goods` are places in the list of goods classes."""
        seller = self.world.new_seller(self.newcomer(age_days=200), self.rng)
        seller.goods = goods or seller.goods
        return seller

    def staff(self) -> Staff:
        """Return a member of staff made for the scenario, with nothing done yet."""
        people = self.people
        return Staff(
            people.serial("agent"), "Hangzhou office", people.device("web"), places.office(self.rng.randrange(200))
        )

    def session(
        self,
        user: User,
        *,
        device: Device | None = None,
        place: Place | None = None,
        connection: Connection | None = None,
        actor_type: str = "user",
    ) -> Session:
        """Begin a session now."""
        return self.scene.open_session(
            user, self.now, device=device or user.devices[0], place=place, connection=connection, actor_type=actor_type
        )

    def intrude(self, user: User, *, place: Place | None = None, flags: tuple[str, ...] = ()) -> Session:
        """Begin a session of a stranger on a strange device as `user`, far from home."""
        there = place or places.far_place(user.place, self.rng)
        device = self.people.device("android", flags)
        session = self.session(user, device=device, place=there, connection=places.residential(there, self.rng))
        session.envelope["fp_changed_permille"] = self.rng.randrange(780, 960)
        return session

    def act(self, session: Session, event_type: str, /, **fields: object) -> Event:
        """Write an event now."""
        return self.scene.emit(session, event_type, self.now, **fields)

    def act_money(self, session: Session, event_type: str, /, **fields: object) -> Event:
        """Write an event that carries money now."""
        return self.scene.emit_money(session, event_type, self.now, **fields)

    def act_staff(self, staff: Staff, event_type: str, /, **fields: object) -> Event:
        """Write an act of staff now."""
        return self.scene.emit_staff(staff, event_type, self.now, **fields)

    def act_system(self, event_type: str, /, **fields: object) -> Event:
        """Write an event of the platform now."""
        return self.scene.emit_system(event_type, self.now, **fields)

    def login(self, session: Session, *, new_device: bool = False, new_city: bool = False, **fields: object) -> Event:
        """Sign in now; a stranger gives `new_device` and `new_city`."""
        user = session.user
        if user.last_login_at:
            fields.setdefault("last_login_at", user.last_login_at)
        user.last_login_at = self.now
        fields = {"method": "password", "mfa_used": False} | fields
        return self.act(session, "account.login", new_device=new_device, new_city=new_city, **fields)

    def fail_login(self, session: Session, *, is_stranger: bool = True) -> Event:
        """Fail to sign in now with a wrong password."""
        return self.act(
            session, "account.login_failed", method="password", fail_reason="wrong_password", mfa_used=False,
            new_device=is_stranger, new_city=is_stranger,
        )  # fmt: skip

    def order(self, session: Session, seller: Seller | None = None, /, **choices: object) -> Order:
        """Fill a basket; `choices` are those of an ordinary order."""
        return shopping.new_order(self.scene, session, seller=seller, **choices)  # type: ignore[arg-type]

    def payment_fields(self, order: Order, /, **changes: object) -> dict[str, object]:
        """Return the fields of a payment for `order`, with `changes`."""
        card = order.user.cards[0]
        return {
            **order.keys, "amount": order.amount, "pm_token": card.token, "bin": card.bin,
            "payee_id": f"payee_{order.seller.id}", "addr_token": order.address.token,
            "goods_class": order.goods.name, "new_payee": False, "new_address": False, "step_up": "none", **changes,
        }  # fmt: skip

    def transfer(self, session: Session, amount: int, payee: str, /, **changes: object) -> Event:
        """Send `amount` in minor units to `payee` now."""
        fields: dict[str, object] = {
            "new_payee": False, "screen_sharing": False, "remote_app": False, "call_in_progress": False,
            "transfer_type": "person", **changes,
        }  # fmt: skip
        return self.act_money(session, "wallet.transferred", amount=amount, payee_id=payee, **fields)

    def pay_history(self, user: User, *, payments: int = 10, amount: int = 9_000) -> None:
        """Let `user` live for about an hour as usual: small orders and small transfers around `amount`."""
        with self.groundwork():
            session = self.session(user)
            self.login(session)
            for _ in range(payments):
                self.wait(4 * MINUTE)
                usual = int(amount * (0.6 + 0.8 * self.rng.random()))
                order = shopping.new_order(self.scene, session, amount=usual, address=user.addresses[0])
                self._pay_plainly(session, order)
                self.wait(30)
                self.transfer(session, int(amount * (0.6 + 0.8 * self.rng.random())), user.payees[0])

    def _pay_plainly(self, session: Session, order: Order) -> None:
        fields = shopping.order_fields(order)
        self.act_money(session, "order.created", **fields)
        self.wait(20)
        payment = self.payment_fields(order)
        self.act_money(session, "payment.attempted", **payment)
        self.wait(2)
        self.act_money(session, "payment.succeeded", **payment)
        self.act_money(session, "order.paid", **fields)
