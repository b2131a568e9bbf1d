"""Whole screenshots, drawn and read for real."""

from __future__ import annotations

import io
from functools import cache

import msgspec
import pytest
from PIL import Image

from anxin.checkers.images.errors import PictureRefused
from anxin.checkers.images.look_alike import known_picture
from anxin.checkers.links.lists import link_lists
from anxin.checkers.result import level_of
from anxin.checkers.screenshots.check import Screenshot, check_screenshot, judge_screenshot
from anxin.checkers.screenshots.knowledge import Knowledge
from anxin.checkers.screenshots.page import Box, Code, Page, Scan
from anxin.checkers.screenshots.redaction import COVER
from anxin.checkers.screenshots.scan import scan_screenshot
from anxin.checkers.screenshots.tests.rendering import chat, code, encoded, scam_chat

PHONE, CARD = "13812345678", "6222021234567890128"


@cache
def scam_scan() -> Scan:
    return scan_screenshot(encoded(scam_chat()))


@cache
def scam() -> Screenshot:
    return judge_screenshot(scam_scan())


def shown(screenshot: Screenshot, kind: str) -> list[str]:
    return [mark.shown for mark in screenshot.marks if mark.kind == kind]


def test_a_scam_chat_is_high_risk_with_reasons_and_advice() -> None:
    answer = scam().checked
    codes = {cue.code for cue in answer.cues}
    assert (answer.kind, answer.level, answer.score) == ("image", "high_risk", 100.0)
    assert codes >= {"text.action.safe_account", "text.action.screen_share", "text.action.link", "screenshot.code_link"}
    assert answer.facts["types"].startswith("SC04:")
    assert answer.facts["impersonates"] == "Taobao"
    assert (len(answer.advice.say) > 1, bool(answer.advice.ask), bool(answer.advice.never)) == (True, True, True)


def test_broken_numbers_and_links_are_whole_again() -> None:
    text = scam_scan().page.text
    assert (PHONE in text, CARD in text, "http://taoba0-kefu.top/login" in text) == (True, True, True)


def test_links_codes_phones_and_amounts_have_their_places() -> None:
    assert shown(scam(), "link") == ["hxxp[:]//taoba0-kefu[.]top/login"]
    assert shown(scam(), "code") == ["hxxps[:]//taoba0[.]com/lipei"]
    assert shown(scam(), "phone") == ["138****5678"]
    assert shown(scam(), "amount") == ["5000元"]
    assert scam().checked.facts["amounts_minor"] == "CNY:500000"
    assert all(mark.boxes for mark in scam().marks)
    inside = [
        0 <= box.left < box.right <= 1080 and 0 <= box.top < box.bottom <= 2000 for m in scam().marks for box in m.boxes
    ]
    assert all(inside)


def test_cues_stand_in_the_text_they_came_from() -> None:
    answer = scam()
    assert all(0 <= cue.start <= cue.end <= len(answer.text) for cue in answer.checked.cues)
    place = next(cue for cue in answer.checked.cues if cue.code == "text.action.safe_account")
    assert answer.text[place.start : place.end] == "安全账户"


def test_no_personal_data_is_in_the_answer() -> None:
    written = msgspec.json.encode(msgspec.structs.replace(scam(), redacted=b"")).decode()
    assert (PHONE in written, CARD in written, "622************0128" in written) == (False, False, True)
    assert scam().checked.facts["personal_data"] == "bank_card:1 phone:1"


def test_the_redacted_copy_shows_the_talk_and_not_the_numbers() -> None:
    again = scan_screenshot(scam().redacted)
    assert (PHONE in again.page.text, CARD in again.page.text) == (False, False)
    assert PHONE[-4:] not in again.page.text
    assert "安全账户" in again.page.text
    copy = Image.open(io.BytesIO(scam().redacted))
    boxes = [box for mark in scam().marks if mark.kind == "personal_data" for box in mark.boxes]
    middles = [copy.getpixel(((box.left + box.right) // 2, (box.top + box.bottom) // 2)) for box in boxes]
    assert (len(boxes) >= 2, middles) == (True, [COVER] * len(boxes))


def test_metadata_does_not_reach_the_copy() -> None:
    exif = Image.Exif()
    exif[0x010E] = PHONE
    data = encoded(Image.new("RGB", (200, 100), "white"), "JPEG", exif=exif, comment=PHONE.encode())
    assert PHONE.encode() in data
    assert PHONE.encode() not in check_screenshot(data).redacted


def test_what_the_organisation_knows_counts() -> None:
    knowledge = Knowledge(
        known=[known_picture(scam_scan().image.pdq, "假客服 7")], lists=link_lists(black=["taoba0-kefu.top"])
    )
    answer = judge_screenshot(scam_scan(), knowledge=knowledge).checked
    codes = {cue.code for cue in answer.cues}
    assert codes >= {"link.list.black", "image.look_alike.same"}
    assert answer.facts.get("look_alike") == "假客服 7"


def test_a_picture_without_text_says_so() -> None:
    answer = check_screenshot(encoded(Image.new("RGB", (400, 300), (90, 140, 90))))
    assert (answer.checked.level, answer.text, answer.marks) == ("no_known_risk", "", ())
    assert [cue.code for cue in answer.checked.cues] == ["screenshot.no_text"]


def test_a_picture_that_is_too_long_says_so() -> None:
    answer = check_screenshot(encoded(Image.new("RGB", (120, 14_000), "white")))
    assert [cue.code for cue in answer.checked.cues] == ["screenshot.no_text", "screenshot.cut"]


@pytest.mark.parametrize("size", [(1, 1), (30_000, 10), (10, 30_000), (30_000, 300), (40, 20_000)])
def test_strips_and_dots_take_no_longer_than_others(size: tuple[int, int]) -> None:
    scan = scan_screenshot(encoded(Image.new("RGB", size, "white")))
    assert (scan.page.text, scan.image.width, scan.image.height) == ("", *size)


def test_an_ordinary_chat_is_no_risk() -> None:
    answer = check_screenshot(encoded(chat("晚上几点吃饭？我买了鱼和青菜。", "七点吧，路上有点堵。", height=700)))
    assert (answer.checked.level, answer.checked.level == level_of(answer.checked.score)) == ("no_known_risk", True)
    assert answer.checked.advice.say == ()


NUMBERS = {
    "service line behind a foreign prefix": ("客服电话 0086-400-811-1111", ["008**********1111"]),
    "official line": ("请拨打96110核实", ["96110"]),
    "part of a card": ("卡号6222 0212 3456 7890 128", []),
    "amount": ("转账95500元", []),
}


@pytest.mark.parametrize(("text", "expected"), NUMBERS.values(), ids=NUMBERS.keys())
def test_numbers_to_call_are_told_once(text: str, expected: list[str]) -> None:
    page = Page(text, (Box(0, 0, 9, 9),) * len(text))
    answer = judge_screenshot(msgspec.structs.replace(scam_scan(), page=page, codes=()))
    assert shown(answer, "phone") == expected


CODE_TEXTS = {
    "a text of a scam": ("把钱转到安全账户", "把钱转到安全账户", "suspicious"),
    "a person's number": ("13812345678", "138****5678", "no_known_risk"),
    "a link": ("https://taoba0.com/", "hxxps[:]//taoba0[.]com/", "suspicious"),
}


@pytest.mark.parametrize(("text", "seen", "level"), CODE_TEXTS.values(), ids=CODE_TEXTS.keys())
def test_what_a_code_says_is_checked_and_veiled(text: str, seen: str, level: str) -> None:
    codes = (Code("QRCode", text, Box(0, 0, 9, 9)),)
    answer = judge_screenshot(msgspec.structs.replace(scam_scan(), page=Page(), codes=codes))
    assert (shown(answer, "code"), answer.checked.level) == ([seen], level)
    assert all(cue.end == 0 for cue in answer.checked.cues)


def test_lines_of_text_are_no_bar_codes() -> None:
    lines = [f"安心提醒您注意防范电信网络诈骗第{place}条" for place in range(6)]
    assert scan_screenshot(encoded(chat(*lines, height=1100))).codes == ()


def test_a_payment_code_is_suspicious_and_covered() -> None:
    answer = check_screenshot(encoded(code("wxp://f2f1Xy77abcdefgh")))
    copy = Image.open(io.BytesIO(answer.redacted))
    assert (answer.checked.level, shown(answer, "code")) == ("suspicious", ["•••"])
    assert copy.getpixel((copy.width // 2, copy.height // 2)) == COVER


@pytest.mark.parametrize(("data", "refusal"), [(b"", "image.empty"), (b"PK\x03\x04", "image.unknown_format")])
def test_no_picture_is_refused(data: bytes, refusal: str) -> None:
    with pytest.raises(PictureRefused) as refused:
        check_screenshot(data)
    assert refused.value.code == refusal


def test_a_long_picture_is_read_to_its_end_without_reading_a_line_twice() -> None:
    image = Image.new("RGB", (540, 4100), "white")
    for place in range(3):
        image.paste(chat(f"第{place + 1}段话在这里", width=1080, height=400).resize((540, 200)), (0, place * 1900))
    text = scan_screenshot(encoded(image)).page.text
    assert [text.count(f"第{place}段") for place in (1, 2, 3)] == [1, 1, 1]
