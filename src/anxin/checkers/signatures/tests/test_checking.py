from __future__ import annotations

from datetime import date

import pytest

from anxin.checkers.images.look_alike import find_look_alike
from anxin.checkers.result import level_of
from anxin.checkers.signatures.checking import check_link_with, check_phone_with, check_text_with
from anxin.checkers.signatures.force import InForce
from anxin.checkers.signatures.signature import Examples, ImageSignature
from anxin.checkers.signatures.tests.samples import AT, HEAD, in_force, link, phone, text

DAY = 86_400_000
HOSTILE = {
    "empty": "",
    "one character": "a" * 1_000_000,
    "right-to-left": "百万\u202e保障到期\u202c",
    "lone surrogate": "x\ud800y http://\udfff.com/",
    "thousands of links": "http://evil.example/ " * 5000,
    "different links": " ".join(f"http://a{number}.example/" for number in range(3000)),
    "nested encodings": "http://evil.example/" + "%25" * 3000 + "41",
    "made to be slow": "a" * 20_000 + "!",
    "numbers": "139 1234 5678 " * 1000,
    "zero width": "百\u200b万\u200b" * 3000,
}


def everything() -> InForce:
    slow = text("TX-9", phrases=(), patterns=(r"(a+)+!$",), tests=Examples(("aa!", "a!"), ("b", "c")))
    return in_force(
        link(confidence="high"), phone(), text(samples=("尊敬的用户您的百万保障服务即将到期请联系客服",)), slow
    )


@pytest.mark.parametrize(
    ("confidence", "level", "score"),
    [("high", "high_risk", 100.0), ("medium", "suspicious", 60.0), ("low", "suspicious", 40.0)],
)
def test_only_high_confidence_is_final(confidence: str, level: str, score: float) -> None:
    found = check_link_with("http://www.evil.example/", in_force(link(confidence=confidence)), at=AT)
    assert (found.level, found.score, found.cues[0].source) == (level, score, "signature:LK-1")


def test_a_white_link_is_never_called_safe_and_black_wins() -> None:
    known = in_force(link("W", "fine.example", side="white"), link("B", "bad.fine.example", confidence="high"))
    assert check_link_with("http://fine.example/", known, at=AT).score == 0
    assert check_link_with("http://bad.fine.example/", known, at=AT).level == "high_risk"


@pytest.mark.parametrize(
    ("at", "count"),
    [(AT, 1), (1_788_220_800_000, 1), (1_788_220_799_999, 0), (1_790_812_799_999, 1), (1_790_812_800_000, 0)],
)
def test_a_signature_is_in_force_from_its_first_day_to_before_its_last(at: int, count: int) -> None:
    known = in_force(link(), at=at)
    assert len(known.signatures) == count
    assert known.holds_at(at)
    assert not known.holds_at(known.until)


def test_a_marked_number_is_found_however_it_is_written() -> None:
    known = in_force(phone())
    for number in ("13912345678", "+86 139 1234 5678", "１３９-1234-5678"):
        assert [cue.source for cue in check_phone_with(number, known).cues] == ["signature:PH-1"]
    assert check_phone_with("13912345679", known).cues == ()


def test_a_text_meets_words_links_numbers_and_campaigns() -> None:
    given = "您的百 万 保 障到期，请打 139-1234-5678 或点 http://evil.example/x 处理"
    answer = check_text_with(given, everything(), at=AT)
    assert answer.checked.level == "high_risk"
    assert answer.checked.facts["signatures"] == "TX-1 PH-1 LK-1"
    assert answer.checked.facts["worst_link"] == "hxxp[:]//evil[.]example/x"
    places = {
        cue.source: given[cue.start : cue.end] for cue in answer.checked.cues if cue.source.startswith("signature:")
    }
    assert places == {
        "signature:TX-1": "百 万 保 障到期",
        "signature:PH-1": "139-1234-5678",
        "signature:LK-1": "http://evil.example/x",
    }
    assert "stop" in answer.checked.advice.say[-1].en or len(answer.checked.advice.say) > 1


def test_a_variant_of_a_sample_is_near_it() -> None:
    known = in_force(text(samples=("尊敬的用户您的百万保障服务即将到期请联系客服关闭否则扣费",)))
    found = check_text_with("尊敬的用户:您的百万保障服务即将到期,请联系客服关闭,否则扣费800元!", known, at=AT)
    assert "signature.campaign" in [cue.code for cue in found.checked.cues]


def test_the_scam_type_of_a_signature_is_told() -> None:
    found = check_text_with("百万保障到期", in_force(text(scam_type="SC04")), at=AT)
    assert found.checked.facts["signature_types"] == "SC04"


def test_nothing_in_force_changes_nothing() -> None:
    known = in_force()
    assert check_text_with("你好", known, at=AT).checked.score == 0
    assert (known.since, known.holds_at(AT + 1000 * DAY)) == (0, True)


def test_the_nearest_picture_is_found() -> None:
    given = ImageSignature(**HEAD, id="IM-1", hashes=("0" * 64,), tests=Examples(("0" * 63 + "1",), ("f" * 64,)))
    known = in_force(given)
    found = find_look_alike("0" * 60 + "00ff", 100, known.pictures)
    assert found is not None
    assert (found.known.name, found.distance) == ("signature:IM-1", 8)
    assert find_look_alike("f" * 64, 100, known.pictures) is None


@pytest.mark.parametrize("given", HOSTILE.values(), ids=HOSTILE.keys())
def test_any_text_gets_a_proper_answer(given: str) -> None:
    known = everything()
    for answer in (
        check_text_with(given, known, at=AT).checked,
        check_link_with(given, known, at=AT),
        check_phone_with(given, known),
    ):
        assert answer.level == level_of(answer.score)
        assert all(0 <= cue.start <= cue.end <= len(given) for cue in answer.cues)


def test_a_date_is_a_day_in_utc() -> None:
    assert link(valid_from=date(1970, 1, 2)).span[0] == DAY
