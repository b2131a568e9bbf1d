"""Abuse content: sexual content with signs of a child appears in a fresh account."""

from __future__ import annotations

from anxin.simulator import places
from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import MINUTE, Stage


def play(stage: Stage) -> None:
    """Post two such items; both must be blocked and sealed at once."""
    author = stage.newcomer(age_days=1)
    session = stage.session(author, connection=places.proxy(stage.rng))
    for _ in range(2):
        stage.act(session, "content.posted", content_id=stage.people.serial("cnt"), reach=12, author_age_days=1,
                  media_hash=f"img_{stage.rng.getrandbits(40):010x}", violates=True, ai_generated=False, ai_label=False,
                  sexual_score=96, minor_cues=True)  # fmt: skip
        stage.wait(4 * MINUTE)


SCENARIO = Scenario(
    name="child_abuse_content",
    zh="涉未成年人有害内容",
    en="Sexual content with signs of a minor",
    taxonomy="CNT.MINOR",
    rules=("RC08",),
    play=play,
)
