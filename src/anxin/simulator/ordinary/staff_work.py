"""Ordinary work of the platform's staff and machines: look-ups with a case, approved changes, health reports."""

from __future__ import annotations

from anxin.simulator.ordinary.people_picking import pick_staff, pick_user
from anxin.simulator.people import Staff
from anxin.simulator.scene import Scene
from anxin.simulator.timeline import local_hour

MIN = 60_000


def work_on_case(scene: Scene, at: int) -> None:
    """Let somebody on duty look at one user's profile for a case, and perhaps act."""
    rng, staff = scene.rng, pick_staff(scene, at)
    target = pick_user(scene, at).id
    fields: dict[str, object] = {
        "object": "user_profile", "target_id": target, "has_case": True, "is_vip": False, "purpose": "case",
        "outside_hours": False, "outside_place": False,
    }  # fmt: skip
    if rng.random() < 0.15:
        scene.emit_staff(staff, "agent.signed_in", at, place=staff.place_name, method="passkey")
    if rng.random() < 0.5:
        scene.emit_staff(staff, "agent.searched", at + 5_000, **fields)
    scene.emit_staff(staff, "agent.viewed", at + 20_000, **fields)
    if rng.random() < 0.15:
        scene.emit_staff(staff, "agent.unmasked", at + 40_000, **fields)
    if rng.random() < 0.25:
        _act(scene, staff, at + 2 * MIN, target)
    if rng.random() < 0.1:
        scene.emit_staff(staff, "alert.dismissed", at + 3 * MIN, alert_id=f"alt_{rng.getrandbits(40):010x}")


def _act(scene: Scene, staff: Staff, at: int, target: str) -> None:
    if scene.rng.random() < 0.5:
        scene.emit_staff(
            staff, "agent.acted", at, action="warn_user", target_id=target, reason="case", within_limits=True
        )
        return
    scene.emit_staff(
        staff, "agent.acted", at, action="goodwill", target_id=target, reason="late_parcel", within_limits=True,
        amount=2_000, currency="CNY",
    )  # fmt: skip


def tune_rules(scene: Scene, at: int) -> None:
    """Let staff publish a change by day with a second person's approval, or export a small report."""
    rng = scene.rng
    if not 9 <= local_hour(at) < 19:
        work_on_case(scene, at)
        return
    author, approver = rng.sample(scene.world.staff, 2)
    kind = rng.choice(("rule.changed", "list.changed", "list.changed", "model.released", "agent.exported"))
    if kind == "agent.exported":
        scene.emit_staff(
            author, kind, at, object="case_report", rows=rng.randrange(5, 90), purpose="case", has_case=True,
            outside_hours=False, outside_place=False,
        )  # fmt: skip
        return
    scene.emit_staff(
        author, kind, at, approver_id=approver.id, object=f"object_{rng.randrange(60):02d}", outside_window=False
    )


def report_health(scene: Scene, at: int, qps: int) -> None:
    """Report the platform's health at `at`: small gaps and short delays."""
    rng = scene.rng
    scene.emit_system(
        "platform.health", at, gap_s=rng.randrange(0, 4), latency_p95_ms=rng.randrange(40, 400), qps=qps,
        qps_baseline=max(1, int(qps * (0.8 + 0.4 * rng.random()))), user_agent_entropy_permille=rng.randrange(780, 960),
    )  # fmt: skip


def report_machines(scene: Scene, at: int) -> None:
    """Report what machines find every day: scans, blocked requests, checked controls, notices without a target here."""
    rng = scene.rng
    kind = rng.choice(("ids.alert", "waf.alert", "scan.finding", "control.checked", "notice.received"))
    if kind == "control.checked":
        scene.emit_system(
            kind, at, control_id=f"ctl_{rng.randrange(80):02d}", clock_permille=rng.randrange(50, 600), has_draft=True
        )
    elif kind == "notice.received":
        scene.emit_system(
            kind, at, notice_from="consumer_association", target_id=f"topic_{rng.randrange(20)}", kind="advice"
        )
    elif kind == "waf.alert":
        scene.emit_system(kind, at, severity_word="low", asset="edge", requests=rng.randrange(3, 60))
    else:
        scene.emit_system(kind, at, severity_word="low", asset=f"host-{rng.randrange(30):02d}")
