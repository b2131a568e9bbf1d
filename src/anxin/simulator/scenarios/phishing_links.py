"""Phishing among friends: a stolen account sends look-alike links and a false refund story."""

from __future__ import annotations

from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import Stage


def play(stage: Stage) -> None:
    """Write to 18 or more contacts with a look-alike link on a new domain that asks for card data; some open it."""
    owner = stage.victim()
    stage.accuse(owner.id)
    thief = stage.intrude(owner)
    stage.login(thief, new_device=True, new_city=True)
    for number in range(stage.at_least(18)):
        stage.wait(40)
        contact = stage.victim()
        stage.accuse(contact.id)
        stage.act(
            thief, "message.sent", conv_id=stage.people.serial("conv"), to_id=contact.id, to_count=1,
            is_stranger=number % 3 == 0, conv_message_no=1, text_hash=f"txt_{stage.rng.getrandbits(40):010x}",
            contact_score=20, has_payment_words=True, names_other_platform=False, link_domains=["sh0p-refund.example"],
            link_lookalike=True, link_domain_age_days=4, link_free_hosting=True, link_asks_login=True,
            scam_types=["SC04", "SC14"], scam_cues=3,
        )  # fmt: skip
        if number % 4 == 0:
            stage.wait(30)
            stage.act(stage.session(contact), "link.clicked", domain="sh0p-refund.example", verdict="suspicious",
                      source="message")  # fmt: skip


SCENARIO = Scenario(
    name="phishing_links",
    zh="钓鱼链接：被盗账号给好友发仿冒链接",
    en="Look-alike links sent from a stolen account",
    taxonomy="SCM.SC14",
    rules=("RC04", "RC05", "RC06"),
    play=play,
)
