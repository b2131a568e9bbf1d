"""Talks between two: told from messages, and suspicious by their wording where no pack tells the story."""

import msgspec
import pytest

from anxin.checkers.texts.check import TALK_ADVICE, check_text, completed, instruments
from anxin.checkers.texts.talks import LONG, SHORT, Talk, is_talk, talk_of

FRAUD = (
    "你到家了吗 我刚忙完 给你看我今天的单子 又出了一万多 你那边准备好了没有 我跟师父说了给你留一个位置 你先进五千 "
    "不用怕 我陪着你 进完截图给我 客服问你就说自己看到的 今晚这一波走完我们去看车"
)
HONEST = (
    "你到家了吗 我刚忙完 今天开会开到八点 你吃了没有 我买了你爱吃的烧鹅 给你留了半只 周末你妈生日我们买什么 "
    "我想给她换个手机 你觉得呢 好 那我明天下班去店里看看 你早点睡"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我在外地上班,你听我说,我们一起努力,你别担心。" * 5, True),
        ("我在外地上班,你听我说。", False),
        ("您好,我是您的专属顾问,欢迎您到店,我们为您准备了礼品。" * 5, False),
    ],
)
def test_a_talk_is_told_from_a_message(text, expected):
    assert is_talk(text) is expected


def test_a_short_talk_is_one_of_fewer_words():
    text = "我在外地上班,你听我说,我们一起努力,你别担心。" * 3
    assert (is_talk(text), is_talk(text, SHORT)) == (False, True)
    assert talk_of(text).size == SHORT
    assert talk_of("在吗") is None


def test_a_talk_worded_like_fraud_is_suspicious_and_an_honest_one_is_not():
    told, honest = check_text(FRAUD), check_text(HONEST)
    assert (told.level, told.facts["grade"]) == ("suspicious", "suspected")
    assert "text.model.talk_zh" in {cue.code for cue in told.cues}
    assert (honest.level, honest.facts) == ("no_known_risk", {"grade": "none"})


def test_wording_alone_makes_no_more_than_suspicion_and_still_says_what_to_do():
    told = check_text(FRAUD)
    assert told.score == 42.0
    assert told.facts["types"] == "talk_zh:42"
    assert told.advice == TALK_ADVICE


@pytest.mark.parametrize(("score", "margin", "raised"), [(20.0, -1.1, 40.0), (20.0, -1.2, 20.0), (10.0, 2.0, 10.0)])
def test_what_a_pack_partly_sees_is_completed_by_a_likely_talk(score, margin, raised):
    weighed = instruments().scale.weigh(instruments().matcher.find("他说要转到安全账户"))
    part = [msgspec.structs.replace(weighed[0], score=score)]
    assert completed(part, [], Talk(LONG, margin))[0].score == raised


def test_how_turns_are_joined_changes_nothing():
    joined = FRAUD.replace(" ", "")
    assert talk_of(joined).margin == talk_of(FRAUD).margin
