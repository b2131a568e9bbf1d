"""Honest life that looks like an attack, and tells how often a policy cries wolf; `close_calls` go over the line."""

from __future__ import annotations

from collections.abc import Callable

from anxin.simulator import places
from anxin.simulator.goods import ELECTRONICS, GIFT_CARD, GOLD
from anxin.simulator.labelled import ORDINARY, Label
from anxin.simulator.ordinary import close_calls, shopping, wallet
from anxin.simulator.ordinary.people_picking import pick_adult, pick_friend
from anxin.simulator.ordinary.signing_in import MIN, sign_in
from anxin.simulator.scene import Scene, Session
from anxin.simulator.timeline import HOUR_MS


def live_oddly(scene: Scene, at: int) -> None:
    """Play one harmless look-alike and label its events with the variant's name."""
    name = scene.rng.choices(_NAMES, _FREQUENCIES)[0]
    scene.label = Label(variant=name)
    VARIANTS[name](scene, at)
    scene.label = ORDINARY


def _forgotten_password(scene: Scene, at: int) -> None:
    sign_in(scene, pick_adult(scene, at), at, typos=scene.rng.randrange(4, 7))


def _traveller(scene: Scene, at: int) -> None:
    """Sign in at home, fly for four hours, sign in far away with the same phone."""
    rng, user = scene.rng, pick_adult(scene, at)
    device = user.devices[0]
    _login(scene, scene.open_session(user, at, device=device), at)
    there, at = places.far_place(user.place, rng), at + 5 * HOUR_MS
    link = places.mobile(there, rng)
    scene.later(at, _arrive_far, scene.open_session(user, at, device=device, place=there, connection=link))


def _arrive_far(scene: Scene, at: int, session: Session) -> None:
    _login(scene, session, at, new_city=True)
    order = shopping.new_order(scene, session)
    shopping.buy(scene, session, order, at + 9 * MIN)


def _login(scene: Scene, session: Session, at: int, *, new_device: bool = False, new_city: bool = False) -> None:
    user = session.user
    fields: dict[str, object] = {"last_login_at": user.last_login_at} if user.last_login_at else {}
    scene.emit(
        session, "account.login", at, method="password", mfa_used=new_device, new_device=new_device, new_city=new_city,
        **fields,
    )  # fmt: skip
    user.last_login_at = at


def _new_phone(scene: Scene, at: int) -> None:
    """Bind a new phone in the home city with a second factor, drop the old one."""
    user = pick_adult(scene, at)
    device = scene.world.population.device("ios")
    session = scene.open_session(user, at, device=device)
    scene.emit(session, "account.mfa_challenged", at, factor="face", attempts=1)
    scene.emit(session, "account.mfa_passed", at + 20_000, factor="face", attempts=1)
    _login(scene, session, at + 25_000, new_device=True)
    scene.emit(session, "device.bound", at + MIN, fp_distance_permille=820)
    scene.emit(session, "device.unbound", at + 3 * MIN, fp_distance_permille=0)
    user.devices[0] = device


def _new_number(scene: Scene, at: int) -> None:
    """Change the phone number with a face check, then reset the password; pay nobody new."""
    user = pick_adult(scene, at)
    session, at = sign_in(scene, user, at)
    old, user.phone = user.phone, scene.world.population.phone()
    scene.emit(
        session, "account.contact_changed", at, field="phone", old_token=f"ph_{old[-8:]}",
        new_token=f"ph_{user.phone[-8:]}", verified_by="face", phone=user.phone,
    )  # fmt: skip
    scene.emit(session, "account.password_changed", at + 3 * MIN, initiator="user", channel="app", since_login_s=240)


def _bad_reception(scene: Scene, at: int) -> None:
    user = pick_adult(scene, at)
    session = scene.open_session(user, at)
    for attempt in range(1, 4):
        scene.emit(session, "account.mfa_challenged", at, factor="sms", attempts=attempt)
        at += 55_000
    scene.emit(session, "account.mfa_passed", at, factor="sms", attempts=3)
    _login(scene, session, at + 2_000)


def _enterprise_buyer(scene: Scene, at: int) -> None:
    """Order for a whole office: twenty orders within the hour from one account on the list."""
    user = scene.rng.choice(scene.world.enterprises)
    session, at = sign_in(scene, user, at)
    for _ in range(20):
        at = shopping.buy(scene, session, shopping.new_order(scene, session), at + MIN)


def _helped_elder(scene: Scene, at: int) -> None:
    """Let a grandchild watch the screen while paying a known payee a usual, small amount."""
    user = pick_adult(scene, at)
    session, at = sign_in(scene, user, at)
    flags: dict[str, object] = {"screen_sharing": True, "remote_app": False, "call_in_progress": True}
    scene.emit(session, "session.risk_signal", at, accessibility=False, copy_paste_rate=0, **flags)
    scene.emit_money(
        session, "wallet.transferred", at + MIN, amount=3_000, payee_id=user.payees[0], new_payee=False,
        transfer_type="person", **flags,
    )  # fmt: skip


def _wedding_gold(scene: Scene, at: int) -> None:
    """Buy jewellery far above the usual amount, sent home."""
    session, at = sign_in(scene, pick_adult(scene, at), at)
    order = shopping.new_order(scene, session, goods=GOLD, address=session.user.addresses[0])
    shopping.buy(scene, session, order, at)


def _first_phone(scene: Scene, at: int) -> None:
    """Join today and buy a phone below the limit for new accounts."""
    user = scene.world.population.user(age_days=0)
    user.registered_at = at
    session = scene.open_session(user, at)
    scene.emit(session, "account.registered", at, phone=user.phone, phone_segment_kind="basic", id_verified=True,
               channel="shop_counter", captcha_score_permille=900, form_ms=70_000)  # fmt: skip
    order = shopping.new_order(scene, session, goods=ELECTRONICS, amount=189_900)
    shopping.buy(scene, session, order, at + 20 * MIN)


def _generous_relative(scene: Scene, at: int) -> None:
    """Send gift cards to four relatives within an hour, one below the line."""
    user = pick_adult(scene, at)
    session, at = sign_in(scene, user, at)
    for _ in range(4):
        at += 8 * MIN
        scene.emit_money(
            session, "giftcard.issued", at, value=GIFT_CARD.price_minor, target_account=pick_friend(scene, user).id
        )


def _rent_day(scene: Scene, at: int) -> None:
    """Receive flatmates' shares and pass the rent on to the one known landlord."""
    user = pick_adult(scene, at)
    session, at = sign_in(scene, user, at)
    for _ in range(3):
        scene.emit_money(session, "wallet.received", at, amount=150_000, payer_id=pick_friend(scene, user).id)
        at += 2 * MIN
    scene.emit_money(
        session, "wallet.transferred", at, amount=450_000, payee_id=user.payees[0], new_payee=False,
        transfer_type="person", **wallet.QUIET,
    )  # fmt: skip


def _known_vpn(scene: Scene, at: int) -> None:
    """Work through the company's tunnel, which comes out in another country."""
    rng, user = scene.rng, pick_adult(scene, at)
    user.uses_vpn = True
    session = scene.open_session(user, at, device=user.devices[0], connection=places.proxy(rng))
    session.envelope["device_flags"] = ["vpn"]
    _login(scene, session, at)


def _class_joins(scene: Scene, at: int) -> None:
    """Let a dozen people of one company event register over one address within half an hour."""
    rng, people = scene.rng, scene.world.population
    place = people.place()
    link = places.residential(place, rng)
    for _ in range(12):
        user = people.user(place=place, age_days=0)
        session = scene.open_session(user, at, connection=link)
        scene.emit(session, "account.registered", at, phone=user.phone, phone_segment_kind="basic", id_verified=False,
                   channel="event", captcha_score_permille=880, form_ms=rng.randrange(20_000, 200_000))  # fmt: skip
        at += int(3 * MIN * rng.random())


VARIANTS: dict[str, Callable[[Scene, int], None]] = {
    "forgotten_password": _forgotten_password,
    "traveller": _traveller,
    "new_phone": _new_phone,
    "new_number": _new_number,
    "bad_reception": _bad_reception,
    "enterprise_buyer": _enterprise_buyer,
    "helped_elder": _helped_elder,
    "wedding_gold": _wedding_gold,
    "first_phone": _first_phone,
    "generous_relative": _generous_relative,
    "rent_day": _rent_day,
    "known_vpn": _known_vpn,
    "class_joins": _class_joins,
    "house_move": close_calls.move_house_with_new_number,
    "family_gifts": close_calls.give_to_the_whole_family,
    "group_purchase": close_calls.lead_a_group_purchase,
    "promotion_stand": close_calls.register_on_the_square,
    "party_settlement": close_calls.settle_a_party,
}
_RARE = ("enterprise_buyer", "house_move", "family_gifts", "group_purchase", "promotion_stand", "party_settlement")
_NAMES = tuple(VARIANTS)
_FREQUENCIES = tuple(1 if name in _RARE else 8 for name in _NAMES)
