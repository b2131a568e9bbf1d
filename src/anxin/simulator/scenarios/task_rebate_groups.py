"""Task and rebate groups: a new account draws strangers into groups that promise pay for likes."""

from __future__ import annotations

from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import MINUTE, Stage


def play(stage: Stage) -> None:
    """Open two groups, draw 60 people in within half an hour, and post rebate tasks to them."""
    host = stage.newcomer(age_days=2)
    session = stage.session(host)
    for _ in range(2):
        group = stage.people.serial("grp")
        stage.act(session, "group.created", group_id=group, size=1)
        for size in range(2, 32):
            stage.wait(25)
            guest = stage.victim()
            stage.accuse(guest.id)
            stage.act(stage.session(guest), "group.joined", group_id=group, invite_source="stranger",
                      inviter_id=host.id, size=size)  # fmt: skip
        for number in range(1, 6):
            stage.wait(1 * MINUTE)
            stage.accuse()
            stage.act(session, "message.sent", conv_id=group, to_id=group, to_count=30, is_stranger=True,
                      conv_message_no=number, text="做任务垫付返佣,日结", contact_score=45, has_payment_words=True,
                      text_hash=stage.people.serial("txt"), names_other_platform=True, scam_types=["SC01"],
                      scam_cues=3)  # fmt: skip


SCENARIO = Scenario(
    name="task_rebate_groups",
    zh="刷单返利：拉群派任务",
    en="Task and rebate scam groups",
    taxonomy="SCM.SC01",
    rules=("RC06", "RC16"),
    play=play,
)
