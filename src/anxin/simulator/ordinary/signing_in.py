"""Ordinary sign-ins, registrations and the care of one's own account."""

from __future__ import annotations

from anxin.simulator.ordinary.people_picking import pick_user
from anxin.simulator.people import DAY_MS, User
from anxin.simulator.scene import Scene, Session

METHODS = ("password", "sms_code", "passkey", "third_party")
MIN = 60_000


def sign_in(scene: Scene, user: User, at: int, *, typos: int = 0) -> tuple[Session, int]:
    """Let `user` sign in from an own device, after some wrong passwords; return the session and when it is ready."""
    rng = scene.rng
    session = scene.open_session(user, at)
    for _ in range(typos):
        scene.emit(
            session, "account.login_failed", at, method="password", fail_reason="wrong_password",
            mfa_used=False, new_device=False, new_city=False,
        )  # fmt: skip
        at += int(4_000 + 20_000 * rng.random())
    fields: dict[str, object] = {"last_login_at": user.last_login_at} if user.last_login_at else {}
    scene.emit(
        session, "account.login", at, method=METHODS[int(rng.random() ** 2 * 4)], mfa_used=rng.random() < 0.1,
        new_device=False, new_city=False, **fields,
    )  # fmt: skip
    user.last_login_at = at
    return session, at + int(2_000 + 30_000 * rng.random())


def arrive(scene: Scene, user: User, at: int) -> tuple[Session, int]:
    """Begin a visit: some sign in anew, some first mistype, most are still signed in."""
    chance = scene.rng.random()
    if chance < 0.4:
        return sign_in(scene, user, at, typos=1 if chance < 0.035 else 0)
    return scene.open_session(user, at), at


def visit_only(scene: Scene, at: int) -> None:
    """Look around: follow a link, scan a code, perhaps sign out everywhere."""
    rng, user = scene.rng, pick_user(scene, at)
    session, at = sign_in(scene, user, at, typos=rng.choices((0, 1, 2, 3), (86, 9, 4, 1))[0])
    chance = rng.random()
    if chance < 0.25:
        scene.emit(session, "link.clicked", at, domain="shop.example", verdict="known", source="push")
    elif chance < 0.35:
        scene.emit(session, "qr.scanned", at, domain="pay.example", verdict="known", source="counter")
    elif chance < 0.40:
        scene.emit(session, "account.logout_all", at + MIN, by="user", reason="own_choice")
        scene.emit(session, "session.revoked", at + MIN, by="user", reason="own_choice")


def register(scene: Scene, at: int) -> None:
    """Let a new person join, verify the name, add a card, and sign in."""
    rng, people = scene.rng, scene.world.population
    user = people.user(age_days=0)
    user.registered_at = at
    session = scene.open_session(user, at)
    scene.emit(
        session, "account.registered", at, phone=user.phone, email=user.email, phone_segment_kind="basic",
        id_verified=False, channel=rng.choice(("app_store", "search", "friend", "advert")),
        captcha_score_permille=rng.randrange(600, 1000), form_ms=rng.randrange(18_000, 160_000),
        nickname=f"buyer{rng.randrange(100_000)}",
    )  # fmt: skip
    if rng.random() < 0.7:
        passed = rng.random() < 0.96
        scene.emit(
            session, f"account.realname_{'verified' if passed else 'failed'}", at + 2 * MIN,
            result="passed" if passed else "failed", id_token=people.serial("id"), age_band="adult", name_match=passed,
        )  # fmt: skip
    _add_card(scene, session, at + 3 * MIN)
    user.friends = [rng.randrange(len(scene.world.users)) for _ in range(3)]
    scene.world.users.append(user)


def care_for_account(scene: Scene, at: int) -> None:
    """Change something about one's own account, as people do every few months."""
    user = pick_user(scene, at)
    session, at = sign_in(scene, user, at)
    scene.rng.choices(_CARE, _CARE_WEIGHTS)[0](scene, session, at)


def _add_card(scene: Scene, session: Session, at: int) -> None:
    user = session.user
    if user.kind == "minor":
        return
    if len(user.cards) > 2:
        scene.emit(session, "payment_method.removed", at, pm_token=user.cards.pop().token)
        return
    card = scene.world.population.card(user.place.country)
    user.cards.append(card)
    scene.emit(
        session, "payment_method.added", at, pm_token=card.token, bin=card.bin, issuer_country=card.country,
        holder_match=True,
    )  # fmt: skip


def _add_address(scene: Scene, session: Session, at: int) -> None:
    user = session.user
    is_new = len(user.addresses) < 3
    if is_new:
        user.addresses.append(scene.world.population.address(user.place))
    address = user.addresses[-1]
    scene.emit(
        session, "address.added" if is_new else "address.changed", at, addr_token=address.token,
        province=address.place.code, receiver_phone_token=address.receiver_phone_token,
    )  # fmt: skip


def _change_profile(scene: Scene, session: Session, at: int) -> None:
    rng = scene.rng
    scene.emit(
        session, "account.profile_changed", at, nickname=f"buyer{rng.randrange(100_000)}",
        avatar_hash=f"img_{rng.getrandbits(40):010x}", imitates_official=False,
    )  # fmt: skip


def _change_password(scene: Scene, session: Session, at: int) -> None:
    scene.emit(session, "account.password_changed", at, initiator="user", channel="app", since_login_s=40)


def _change_mail(scene: Scene, session: Session, at: int) -> None:
    user = session.user
    old, user.email = user.email, f"{scene.world.population.serial('mail')}@mail.example"
    scene.emit(
        session, "account.contact_changed", at, field="mail", old_token=old.partition("@")[0],
        new_token=user.email.partition("@")[0], verified_by="sms_code", email=user.email,
    )  # fmt: skip


def _change_consent(scene: Scene, session: Session, at: int) -> None:
    rng = scene.rng
    scene.emit(session, "consent.changed", at, purpose="personal_adverts", granted=rng.random() < 0.3)
    if rng.random() < 0.2:
        scene.emit(session, "dsr.received", at + MIN, right="copy", due_at=at + 15 * DAY_MS)
        scene.later(at + 2 * DAY_MS, _answer_request, session)


def _answer_request(scene: Scene, at: int, session: Session) -> None:
    scene.emit(session, "dsr.closed", at, right="copy", outcome="granted")


def _pass_second_factor(scene: Scene, session: Session, at: int) -> None:
    scene.emit(session, "account.mfa_challenged", at, factor="sms", attempts=1)
    if scene.rng.random() < 0.08:
        scene.emit(session, "account.mfa_failed", at + 9_000, factor="sms", attempts=1)
    scene.emit(session, "account.mfa_passed", at + 21_000, factor="sms", attempts=2)


def _turn_off_second_factor(scene: Scene, session: Session, at: int) -> None:
    _pass_second_factor(scene, session, at)
    scene.emit(session, "account.mfa_disabled", at + MIN, factor="sms", initiator="user")


def _reset_password(scene: Scene, session: Session, at: int) -> None:
    user = session.user
    scene.emit(session, "account.reset_requested", at, initiator="user", channel="sms", phone=user.phone)
    scene.emit(session, "account.reset_done", at + 2 * MIN, initiator="user", channel="sms", since_login_s=160)


def _close(scene: Scene, session: Session, at: int) -> None:
    scene.emit(session, "account.closed", at, reason="own_choice")


_CARE = (
    _add_card, _add_address, _change_profile, _change_password, _change_mail, _change_consent,
    _pass_second_factor, _turn_off_second_factor, _reset_password, _close,
)  # fmt: skip
_CARE_WEIGHTS = (22, 22, 20, 8, 4, 8, 12, 1, 5, 1)
