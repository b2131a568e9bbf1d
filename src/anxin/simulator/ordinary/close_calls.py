"""Honest life that crosses the lines drawn for attacks: rules do fire here, and people must be able to clear it."""

from __future__ import annotations

from anxin.simulator import places
from anxin.simulator.ordinary import shopping, wallet
from anxin.simulator.ordinary.people_picking import pick_adult, pick_friend
from anxin.simulator.ordinary.signing_in import MIN, sign_in
from anxin.simulator.scene import Scene


def move_house_with_new_number(scene: Scene, at: int) -> None:
    """Change phone and password with a face check, add the new home, order furniture for it."""
    rng, people, user = scene.rng, scene.world.population, pick_adult(scene, at)
    session, at = sign_in(scene, user, at)
    old, user.phone = user.phone, people.phone()
    scene.emit(
        session, "account.contact_changed", at, field="phone", old_token=f"ph_{old[-8:]}",
        new_token=f"ph_{user.phone[-8:]}", verified_by="face", phone=user.phone,
    )  # fmt: skip
    scene.emit(session, "account.password_changed", at + 2 * MIN, initiator="user", channel="app", since_login_s=200)
    home = people.address(user.place)
    user.addresses.insert(0, home)
    scene.emit(
        session, "address.added", at + 9 * MIN, addr_token=home.token, province=home.place.code or "abroad",
        receiver_phone_token=home.receiver_phone_token,
    )  # fmt: skip
    order = shopping.new_order(scene, session, amount=rng.randrange(60_000, 180_000), address=home)
    shopping.buy(scene, session, order, at + 20 * MIN)


def give_to_the_whole_family(scene: Scene, at: int) -> None:
    """Send gift cards to seven relatives before the holidays."""
    user = pick_adult(scene, at)
    session, at = sign_in(scene, user, at)
    for _ in range(7):
        at += 4 * MIN
        scene.emit_money(session, "giftcard.issued", at, value=20_000, target_account=pick_friend(scene, user).id)


def lead_a_group_purchase(scene: Scene, at: int) -> None:
    """Write the same offer to forty neighbours, most of them known."""
    rng, user = scene.rng, pick_adult(scene, at)
    session, at = sign_in(scene, user, at)
    text = f"txt_{rng.getrandbits(40):010x}"
    for _ in range(40):
        at += 9_000
        is_known, neighbour = rng.random() < 0.8, rng.choice(scene.world.users)
        scene.emit(
            session, "message.sent", at, conv_id=f"conv_{rng.getrandbits(48):012x}", to_id=neighbour.id,
            to_count=1, is_stranger=not is_known, conv_message_no=1, text_hash=text, contact_score=20,
            has_payment_words=True, names_other_platform=False, scam_cues=0, self_harm=False, threat=False,
            money_moving=False, link_lookalike=False, link_free_hosting=False, link_asks_login=False,
        )  # fmt: skip


def register_on_the_square(scene: Scene, at: int) -> None:
    """Let 55 passers-by register at a promotion stand over one line within ten minutes, each at an own pace."""
    rng, people = scene.rng, scene.world.population
    place = people.place()
    link = places.residential(place, rng)
    for _ in range(55):
        user = people.user(place=place, age_days=0)
        session = scene.open_session(user, at, connection=link)
        scene.emit(
            session, "account.registered", at, phone=user.phone, phone_segment_kind="basic", id_verified=False,
            channel="stand", captcha_score_permille=870, form_ms=rng.randrange(15_000, 240_000),
        )  # fmt: skip
        at += 10_000


def settle_a_party(scene: Scene, at: int) -> None:
    """Collect the shares of a party and pay its four suppliers within half an hour, just short of the line."""
    user = pick_adult(scene, at)
    session, at = sign_in(scene, user, at)
    for _ in range(5):
        scene.emit_money(session, "wallet.received", at, amount=120_000, payer_id=pick_friend(scene, user).id)
        at += 2 * MIN
    for _ in range(4):
        payee = scene.world.population.serial("payee")
        scene.emit_money(
            session, "wallet.transferred", at, amount=140_000, payee_id=payee, new_payee=True, transfer_type="person",
            **wallet.QUIET,
        )  # fmt: skip
        at += 2 * MIN
