import pytest

from anxin.checkers.phones.check import Marks, check_phone
from anxin.checkers.phones.number import read_number
from anxin.checkers.phones.official import OfficialLine, official_lines


@pytest.mark.parametrize(
    ("number", "level", "score", "codes"),
    [
        ("138 1234 5678", "no_known_risk", 0, []),
        ("+86-138-1234-5678", "no_known_risk", 0, []),
        ("13800110110", "no_known_risk", 0, []),
        ("17012345678", "no_known_risk", 15, ["phone.virtual_mobile"]),
        ("16212345678", "no_known_risk", 15, ["phone.virtual_mobile"]),
        ("1440123456789", "suspicious", 40, ["phone.machine"]),
        ("96110", "no_known_risk", 0, ["phone.official"]),
        ("057196110", "no_known_risk", 0, ["phone.official"]),
        ("9611012", "high_risk", 100, ["phone.malformed", "phone.forged_short_code"]),
        ("0086110", "high_risk", 90, ["phone.forged_short_code"]),
        ("+8696110", "high_risk", 90, ["phone.forged_short_code"]),
        ("955881", "suspicious", 60, ["phone.forged_short_code"]),
        ("00195588", "high_risk", 75, ["phone.overseas", "phone.forged_short_code"]),
        ("4008123123", "suspicious", 45, ["phone.company_400"]),
        ("+1 650 253 0000", "no_known_risk", 15, ["phone.overseas"]),
        ("10691234567890", "no_known_risk", 0, ["phone.sms_port"]),
        ("12321", "suspicious", 60, ["phone.official_never_calls"]),
        ("", "no_known_risk", 20, ["phone.malformed"]),
        ("1" * 100_000, "no_known_risk", 20, ["phone.malformed"]),
        ("\ud800110", "no_known_risk", 20, ["phone.malformed"]),
    ],
)
def test_a_number_is_judged_by_its_form(number: str, level: str, score: float, codes: list[str]) -> None:
    answer = check_phone(number)
    assert (answer.level, answer.score, [cue.code for cue in answer.cues]) == (level, score, codes)


def test_a_400_number_may_be_called() -> None:
    assert check_phone("4008123123", called=False).score == 0


def test_abroad_with_a_domestic_story_is_suspicious() -> None:
    assert check_phone("+12423456789", claims_domestic=True).score == 65


def test_an_official_number_shown_for_another_is_high_risk() -> None:
    assert check_phone("13812345678", displayed="95588").level == "high_risk"


def test_own_lines_are_protected_like_official_ones() -> None:
    own = {"95777": OfficialLine("95777", "本店", "our shop")}
    assert check_phone("95777", own_lines=own).facts["official"] == "本店"
    assert [cue.source for cue in check_phone("9577788", own_lines=own).cues] == ["95777"]


@pytest.mark.parametrize(("count", "score"), [(0, 0), (1, 42), (20, 80), (500, 80)])
def test_marks_of_people_count(count: int, score: float) -> None:
    assert check_phone("13812345678", marks=lambda digits: Marks(count, digits[:3])).score == score


def test_marks_are_looked_up_by_the_cleaned_number() -> None:
    asked: list[str] = []
    check_phone("+86 138-1234-5678", marks=lambda digits: asked.append(digits))
    assert asked == ["13812345678"]


@pytest.mark.parametrize(
    ("written", "kind", "region", "place"),
    [
        ("１３８１２３４５６７８", "mobile", "CN", ""),
        ("138幺二三四5678", "mobile", "CN", ""),
        ("(0571) 8888 6666", "fixed", "CN", "杭州"),
        ("+86 10 6234 5678", "fixed", "CN", "北京"),
        ("+44 20 7946 0958", "overseas", "GB", ""),
        ("0044 20 7946 0958", "overseas", "GB", ""),
        ("10086", "operator", "CN", ""),
        ("17491234567", "satellite", "CN", ""),
    ],
)
def test_kind_region_and_place(written: str, kind: str, region: str, place: str) -> None:
    number = read_number(written)
    assert (number.kind, number.region, number.place) == (kind, region, place)


def test_the_answer_never_holds_the_number() -> None:
    assert "13812345678" not in repr(check_phone("13812345678"))


def test_no_official_line_imitates_another() -> None:
    forged = [
        line for line in official_lines() if any(c.code.endswith("forged_short_code") for c in check_phone(line).cues)
    ]
    assert forged == []
