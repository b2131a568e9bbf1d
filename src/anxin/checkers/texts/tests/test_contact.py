import pytest

from anxin.checkers.texts.contact import check_contact

MUST_NOT_FIRE = [
    "连衣裙", "V领裙", "裙子推荐", "微波炉", "微单", "稍微", "薇诺娜", "卫星电视", "企鹅玩偶", "家用电器", "加湿器",
    "VX 口红色号", "VX 口红色号 999", "加微糖", "平台官方微信公众号", "扣子", "群众", "威信", "徽章",
    "他在群里很有威信", "订单号 20240101123456", "运单号 SF1234567890123", "V领连衣裙 2024 新款 13 件",
    "家用电器 编号 12345678",
]  # fmt: skip


@pytest.mark.parametrize("text", MUST_NOT_FIRE)
def test_innocent_words_are_no_hit(text):
    checked = check_contact(text)
    assert (checked.score, checked.cues) == (0.0, ())


@pytest.mark.parametrize(
    ("text", "score", "cues"),
    [
        ("微信联系", 30, "target"),
        ("扣扣 12345678", 60, "target token"),
        ("加薇❤ abc123", 80, "target token evasion"),
        ("薇信13812345678 便宜", 90, "target token lure evasion"),
        ("加我Q 一二三四五六七", 80, "target token evasion"),
        ("微 信 abc12345", 80, "target token evasion"),
        ("微信订单号 123456789", 30, "target"),
        ("wx", 0, ""),
    ],
)
def test_score_adds_up(text, score, cues):
    checked = check_contact(text)
    assert (checked.score, [cue.code for cue in checked.cues]) == (score, [f"contact.{name}" for name in cues.split()])


def test_the_sender_adds_to_the_score():
    assert check_contact("扣扣 12345678", is_first_messages=True, is_sender_suspect=True).score == 80


def test_the_cue_covers_what_was_written():
    text = "好的,v.x:abc12345"
    cue = check_contact(text).cues[0]
    assert text[cue.start : cue.end] == "v.x"


@pytest.mark.parametrize(
    "text", ["", "薇" * 1_000_000, "微信12345678" * 99_999, "1" * 1_000_000, "v" * 1_000_000, "\ud800" * 9]
)
def test_odd_texts_are_answered(text):
    assert 0 <= check_contact(text).score <= 100
