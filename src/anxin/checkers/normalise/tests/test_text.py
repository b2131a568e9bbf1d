import pytest
from hypothesis import given
from hypothesis import strategies as st

from anxin.checkers.normalise.pinyin import pinyin_view
from anxin.checkers.normalise.text import normalise

TRICKY = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from("微信vx138 .|️❤一幺弓长贝者\u200b\u202e")), max_size=60
)


@pytest.mark.parametrize(
    ("written", "strong"),
    [
        ("加我 微 信", "加我微信"),
        ("ＶＸ：１３８", "vx:138"),
        ("w e i x i n", "weixin"),
        ("v-x", "vx"),
        ("V\u200bX", "vx"),
        ("(微)(信)1 3 8 1 2", "(微信)13812"),
        ("微\n信", "微信"),
        ("138幺二三四5678", "13812345678"),
        ("一三八零零一", "138001"),
        ("弓长三 女票", "张三 嫖"),
        ("徵信", "征信"),
        ("раураl", "paypal"),
        ("p@ssw0rd v1p", "password vip"),
        ("1️⃣3️⃣8️⃣", "138"),
        ("𝓿𝔁 🅥🅧 ⓥ", "vx vx v"),
        ("微❤ 📞", "微心 电话"),
        ("ab\u202ecd\u2066e", "abcde"),
        ("café", "cafe"),
        ("\ud800x", "\ufffdx"),
        ("", ""),
    ],
)
def test_a_disguise_is_folded_away(written: str, strong: str) -> None:
    assert normalise(written).text == strong


@pytest.mark.parametrize(
    "plain", ["一起去第三方，万一不行", "i am a boy", "see h5 and b2b", "vip 会员 3.5 折", "你好，再见。", "两三天"]
)
def test_ordinary_text_stays(plain: str) -> None:
    assert normalise(plain).text == plain.replace("，", ",")


def test_light_keeps_case_spaces_and_words() -> None:
    assert normalise("Ａ Ｂ\u200b 微 信 繁體 ❤", strength="light").text == "A B 微 信 繁體 ❤"


@pytest.mark.parametrize(
    ("written", "found", "source"),
    [
        ("加v.x吧", "vx", "v.x"),
        ("找弓长三", "张", "弓长"),
        ("a\u200b微\u200b信b", "微信", "微\u200b信"),
        ("打📞吧", "电话", "📞"),
    ],
)
def test_a_span_leads_back_to_what_was_written(written: str, found: str, source: str) -> None:
    folded = normalise(written)
    at = folded.text.index(found)
    start, end = folded.span(at, at + len(found))
    assert written[start:end] == source


def test_half_of_an_expansion_covers_its_source() -> None:
    folded = normalise("打📞吧")
    assert folded.span(1, 2) == (1, 2)


@pytest.mark.parametrize("written", ["微信", "薇信", "weixin", "微❤", "维 芯"])
def test_homophones_sound_alike(written: str) -> None:
    assert pinyin_view(normalise(written)).text == "weixin"


def test_the_sound_leads_back_to_the_character() -> None:
    heard = pinyin_view(normalise("加薇信"))
    assert heard.span(3, 9) == (1, 3)


@given(TRICKY)
def test_offsets_never_fall_and_cover_the_source(text: str) -> None:
    for folded in (normalise(text), normalise(text, strength="light"), pinyin_view(normalise(text))):
        assert len(folded.offsets) == len(folded.text) + 1
        assert list(folded.offsets) == sorted(folded.offsets)
        assert folded.offsets[-1] == len(text)


@given(TRICKY)
def test_light_is_idempotent_and_can_be_encoded(text: str) -> None:
    once = normalise(text, strength="light").text
    assert normalise(once, strength="light").text == once
    assert once.encode().decode() == once


@pytest.mark.parametrize("repeated", ["a", "一", "\u200b", "1", "一1", "贝"])
def test_a_long_repetition_is_read_to_its_end(repeated: str) -> None:
    assert normalise(repeated * 200_000).offsets[-1] == 200_000 * len(repeated)
