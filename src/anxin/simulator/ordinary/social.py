"""Ordinary talk: messages among friends and to shops, posts, groups, live rooms, reports and errands."""

from __future__ import annotations

from anxin.simulator.ordinary.people_picking import pick_adult, pick_friend, pick_seller, pick_user
from anxin.simulator.ordinary.signing_in import MIN, arrive
from anxin.simulator.scene import Scene, Session
from anxin.simulator.timeline import DAY_MS, HOUR_MS

ERRANDS = (
    "代买一份午餐送到前台",
    "Pick up my dry cleaning, please",
    "帮忙取文件送到办公室",
    "Bring birthday cake, keep level",
)
CONTACT_SCORES, CONTACT_WEIGHTS = (0, 5, 10, 20, 30), (70, 12, 10, 6, 2)

HARMLESS: dict[str, object] = {
    "link_lookalike": False, "link_free_hosting": False, "link_asks_login": False, "self_harm": False, "threat": False,
    "money_moving": False,
}  # fmt: skip


def chat(scene: Scene, at: int) -> None:
    """Let somebody write a few messages to a friend or ask a shop a question."""
    rng, user = scene.rng, pick_user(scene, at)
    session, at = arrive(scene, user, at)
    asks_shop = rng.random() < 0.35
    peer = pick_seller(scene).owner if asks_shop else pick_friend(scene, user)
    conversation = f"conv_{rng.getrandbits(48):012x}"
    for number in range(1, rng.randrange(2, 7)):
        at += int(5_000 + 50_000 * rng.random())
        friendship: dict[str, object] = {} if asks_shop else {"since_friend_s": rng.randrange(90_000, 60_000_000)}
        _message(scene, session, at, conv_id=conversation, to_id=peer.id, is_stranger=asks_shop,
                 conv_message_no=number if asks_shop else number + rng.randrange(400), **friendship)  # fmt: skip


def _message(scene: Scene, session: Session, at: int, **fields: object) -> None:
    rng = scene.rng
    # Everybody says "hello" and "is it in stock"; common short texts share a fingerprint.
    common = rng.random() < 0.12
    text = f"txt_hello_{rng.randrange(40):02d}" if common else f"txt_{rng.getrandbits(40):010x}"
    if rng.random() < 0.04:
        fields |= {"link_domains": ["shop.example"], "link_domain_age_days": 3_000}
    scene.emit(
        session, "message.sent", at, to_count=1, text_hash=text, has_payment_words=rng.random() < 0.03,
        contact_score=rng.choices(CONTACT_SCORES, CONTACT_WEIGHTS)[0], names_other_platform=False, scam_cues=0,
        **HARMLESS, **fields,
    )  # fmt: skip


def post(scene: Scene, at: int) -> None:
    """Let somebody post, share, or remove something."""
    rng, user = scene.rng, pick_user(scene, at)
    session, at = arrive(scene, user, at)
    content, media = f"cnt_{rng.getrandbits(48):012x}", f"img_{rng.getrandbits(40):010x}"
    is_made_by_machine = rng.random() < 0.05
    kind = "content.shared" if rng.random() < 0.35 else "content.posted"
    scene.emit(
        session, kind, at, content_id=content, media_hash=media, text_hash=f"txt_{rng.getrandbits(40):010x}",
        reach=rng.randrange(3, 900), author_age_days=user.age_days(at), violates=False,
        ai_generated=is_made_by_machine, ai_label=is_made_by_machine, sexual_score=rng.randrange(0, 15),
        minor_cues=False,
    )  # fmt: skip
    if rng.random() < 0.04:
        scene.emit(session, "content.removed", at + MIN, content_id=content, media_hash=media, reason="own_choice")


def gather(scene: Scene, at: int) -> None:
    """Let somebody open a group and friends join it."""
    rng, user = scene.rng, pick_user(scene, at)
    session, at = arrive(scene, user, at)
    group = f"grp_{rng.getrandbits(48):012x}"
    scene.emit(session, "group.created", at, group_id=group, size=1)
    for size in range(2, rng.randrange(3, 7)):
        at += int(20_000 + 200_000 * rng.random())
        friend = scene.open_session(pick_friend(scene, user), at)
        scene.emit(friend, "group.joined", at, group_id=group, invite_source="friend", inviter_id=user.id, size=size)


def watch_live(scene: Scene, at: int) -> None:
    """Let a host go live and viewers tip a little."""
    rng, host = scene.rng, pick_seller(scene).owner
    session = scene.open_session(host, at)
    is_virtual = rng.random() < 0.1
    scene.emit(
        session, "live.session_started", at, host_id=host.id, ai_host=is_virtual, ai_label=is_virtual,
        viewers=rng.randrange(5, 4_000),
    )  # fmt: skip
    for _ in range(rng.randrange(1, 6)):
        at += int(4 * MIN * rng.random()) + 1_000
        viewer = pick_user(scene, at)
        scene.emit_money(
            scene.open_session(viewer, at), "live.tipped", at, value=rng.choice((100, 500, 600, 1_000, 5_200)),
            host_id=host.id, suspected_minor=viewer.kind == "minor",
        )  # fmt: skip
    scene.emit(session, "live.ended", at + HOUR_MS // 2, host_id=host.id)


def complain(scene: Scene, at: int) -> None:
    """Let somebody open a ticket and get it answered, or report something odd."""
    rng, user = scene.rng, pick_adult(scene, at)
    session, at = arrive(scene, user, at)
    if rng.random() < 0.3:
        _report(scene, session, at)
        return
    ticket = f"tkt_{rng.getrandbits(40):010x}"
    topic = rng.choice(("delivery", "refund", "invoice", "product", "account"))
    cause = f"cause_{topic}_{rng.randrange(400):03d}"
    keys: dict[str, object] = {"ticket_id": ticket, "channel": "chat"}
    scene.emit(session, "ticket.created", at, **keys, topic=topic, cause=cause, sentiment=rng.randrange(-40, 30))
    for _ in range(rng.randrange(1, 3)):
        at += int(MIN + 3 * MIN * rng.random())
        scene.emit(session, "ticket.message", at, **keys, from_staff=False, anger_score=rng.randrange(0, 45),
                   threatens_media=False, money_moving=False)  # fmt: skip
        _reply(scene, session, at + MIN, keys)
    scene.emit(session, "ticket.closed", at + 20 * MIN, ticket_id=ticket, first_reply_s=rng.randrange(20, 240))


def _reply(scene: Scene, session: Session, at: int, keys: dict[str, object]) -> None:
    staff = scene.rng.choice(scene.world.staff)
    scene.emit(
        session, "ticket.message", at, **keys, from_staff=True, agent_id=staff.id, promise_flags=[], discloses=[],
        money_moving=False,
    )  # fmt: skip
    if scene.rng.random() < 0.1:
        scene.emit_staff(staff, "call.received", at + MIN, number_kind="mobile", actor_type="agent")
        scene.emit_staff(staff, "call.ended", at + 4 * MIN, number_kind="mobile", duration_s=170)


def _report(scene: Scene, session: Session, at: int) -> None:
    rng = scene.rng
    chance = rng.random()
    if chance < 0.25:
        scene.emit(session, "sms.reported", at, number_kind="mobile", text_hash=f"txt_{rng.getrandbits(40):010x}")
    elif chance < 0.4:
        scene.emit(session, "call.reported", at, number_kind="mobile", claims_to_be=rng.choice(("loan", "unknown")))
    else:
        target = pick_user(scene, at).id
        category = rng.choice(("spam", "rude", "fake_goods"))
        scene.emit(session, "report.submitted", at, category=category, target_id=target, cause="single")


def run_errand(scene: Scene, at: int) -> None:
    """Let somebody send a rider on an errand."""
    rng, user = scene.rng, pick_adult(scene, at)
    session, at = arrive(scene, user, at)
    rider = f"rider_{rng.randrange(500):04d}"
    scene.emit(
        session, "errand.ordered", at, order_id=f"ord_{rng.getrandbits(56):014x}", text=rng.choice(ERRANDS),
        rider_id=rider, business_line="local_life",
    )  # fmt: skip


def notice_minor(scene: Scene, at: int) -> None:
    """Let the platform note that an account seems to be a child's, and ask the guardian."""
    user = pick_user(scene, at)
    for _ in range(30):
        if user.kind == "minor":
            break
        user = pick_user(scene, at)
    session = scene.open_session(user, at)
    scene.emit(session, "minor.flagged", at, age_band="14-17", basis="declared_age", guardian_contacted=True)
    scene.later(at + DAY_MS // 4, _small_recharge, session)


def _small_recharge(scene: Scene, at: int, session: Session) -> None:
    scene.emit_money(
        session, "virtual.recharged", at, value=600, target_account=session.user.id, is_third_party=False,
        suspected_minor=True,
    )  # fmt: skip
