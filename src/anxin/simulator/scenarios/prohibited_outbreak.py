"""Outbreak: prohibited goods and one banned clip spread through many accounts."""

from __future__ import annotations

from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import MINUTE, Stage


def play(stage: Stage) -> None:
    """Publish six bad listings, spread one clip through 16 accounts, go live with an unlabelled machine host."""
    rng, seller = stage.rng, stage.seller()
    owner = stage.session(seller.owner, actor_type="seller")
    for number in range(6):
        stage.act_money(
            owner, "listing.published", seller_id=seller.id, listing_id=stage.people.serial("lst"),
            category="medicine", text="全网第一,药到病除", images_hash=f"img_{rng.getrandbits(40):010x}",
            needs_permit=True, has_permit=False,
            is_prohibited=number % 2 == 0, price=9_900, ad_flags=["absolute_claim", "medical_claim"],
            ai_generated=True, ai_label=False,
        )  # fmt: skip
        stage.wait(3 * MINUTE)
    clip = f"img_{rng.getrandbits(40):010x}"
    for number in range(16):
        author = stage.newcomer(age_days=6)
        kind = "content.posted" if number % 3 else "content.shared"
        stage.act(
            stage.session(author), kind, content_id=stage.people.serial("cnt"), media_hash=clip,
            reach=rng.randrange(200, 9_000), author_age_days=6, violates=True,
            ai_generated=True, ai_label=False, sexual_score=20, minor_cues=False,
        )  # fmt: skip
        stage.wait(100)
    stage.act(owner, "live.session_started", host_id=seller.owner.id, ai_host=True, ai_label=False, viewers=2_600)
    stage.wait(2 * MINUTE)
    stage.act(owner, "live.flagged", host_id=seller.owner.id, reason="false_claim")


SCENARIO = Scenario(
    name="prohibited_outbreak",
    zh="违禁商品与违规内容集中传播",
    en="Outbreak of prohibited listings and banned content",
    taxonomy="CNT.PROH",
    rules=("RC09", "RC10", "RC11", "RC12", "RC13"),
    play=play,
)
