from __future__ import annotations

import json
import re
from datetime import date

import pytest

from anxin.checkers.signatures.book import SignatureBook
from anxin.checkers.signatures.checking import check_link_with, check_phone_with, check_text_with
from anxin.checkers.signatures.errors import FeedRefused
from anxin.checkers.signatures.exchange import export_indicators, import_indicators, is_exchange
from anxin.checkers.signatures.force import Secrets
from anxin.checkers.signatures.sealing import seal
from anxin.checkers.signatures.tests.samples import AT, KEY, link, phone, text, whole

SECRET = b"shared between two platforms"
DAY = date(2026, 9, 21)
SAMPLE = "尊敬的用户您的百万保障服务即将到期请联系客服关闭"
OURS = (
    link("LK", "Evil.Example", "https://bad.example/p?q=1", confidence="high", tlp="GREEN"),
    link("WH", "fine.example", side="white"),
    link("RED", "secret.example", tlp="RED"),
    link("OLD", "old.example", valid_from=date(2025, 1, 1), valid_until=date(2026, 1, 1)),
    phone("PH", "13912345678", "+8613800138000"),
    text("TX", samples=(SAMPLE,)),
)


def exported(secret: bytes = SECRET) -> str:
    return b"".join(export_indicators(OURS, circle="shops", secret=secret, day=DAY)).decode()


def imported(lines: str, circles: dict[str, bytes]) -> object:
    order = import_indicators(lines, owner="intelligence", source="shops", day=DAY, version="1")
    return SignatureBook().published(order).in_force(Secrets(KEY, circles), at=AT)


def test_another_platform_finds_what_was_shared() -> None:
    theirs = imported(exported(), {"shops": SECRET})
    for given in ("http://www.evil.example/x", "https://bad.example/p?q=1"):
        answer = check_link_with(given, theirs, at=AT)  # type: ignore[arg-type]
        assert (answer.level, answer.score) == ("suspicious", 60.0)
        assert answer.cues[0].source.startswith("signature:shops-link-high-green")
    for given in ("http://bad.example/other", "http://secret.example/", "http://old.example/", "http://fine.example/"):
        assert check_link_with(given, theirs, at=AT).score == 0  # type: ignore[arg-type]
    assert [cue.code for cue in check_phone_with("139 1234 5678", theirs).cues] == ["phone.marked"]  # type: ignore[arg-type]
    assert check_phone_with("13800138001", theirs).cues == ()  # type: ignore[arg-type]
    found = check_text_with("尊敬的用户，您的百万保障服务即将到期，请联系客服关闭！", theirs, at=AT)  # type: ignore[arg-type]
    assert "signature.campaign" in [cue.code for cue in found.checked.cues]


@pytest.mark.parametrize("circles", [{}, {"shops": b"another secret of them"}, {"banks": SECRET}])
def test_without_the_secret_nothing_is_found(circles: dict[str, bytes]) -> None:
    theirs = imported(exported(), circles)
    assert check_link_with("http://evil.example/", theirs, at=AT).score == 0  # type: ignore[arg-type]
    assert check_phone_with("13912345678", theirs).cues == ()  # type: ignore[arg-type]


def test_nothing_personal_or_readable_is_shared() -> None:
    lines = exported()
    for word in (
        "139",
        "1391234",
        "138001",
        "evil",
        "bad.example",
        "百万",
        "secret",
        "fine",
        "reports",
        "intelligence",
    ):
        outside = re.sub(r'"hash":"[0-9a-f]{64}"', "", lines)
        assert word not in outside
    rows = [json.loads(line) for line in lines.splitlines()]
    assert rows[0] == {"format": "anxin-indicators/1", "circle": "shops", "made_on": "2026-09-21"}
    assert [set(row) - {"confidence", "tlp"} for row in rows[1:]] == [{"kind", "hash", "valid_until"}] * 5
    assert (
        len(
            {row["hash"] for row in rows[1:]}
            & {row["hash"] for row in map(json.loads, exported(b"x" * 16).splitlines()[1:])}
        )
        == 0
    )


def test_numbers_that_became_tokens_are_not_shared() -> None:
    sealed = seal(whole(phone()), KEY).put
    assert len(list(export_indicators(sealed, circle="shops", secret=SECRET, day=DAY))) == 1


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ("", 0),
        ('{"format":"anxin-indicators/2","circle":"a","made_on":"2026-09-21"}', 1),
        ('{"format":"anxin-indicators/1","circle":"a","made_on":"2026-09-21"}', 0),
        ('{"format":"anxin-indicators/1","circle":"a","made_on":"2026-09-21"}\n{"kind":"link","hash":"12"}', 2),
        ('{"format":"anxin-indicators/1","circle":"a","made_on":"2026-09-21"}\nhello', 2),
        ("\x00", 1),
    ],
)
def test_broken_indicators_are_refused_with_their_line(lines: str, line: int) -> None:
    with pytest.raises(FeedRefused) as refused:
        import_indicators(lines, owner="o", source="s", day=DAY, version="1")
    assert refused.value.line == line


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(FeedRefused, match="16"):
        list(export_indicators(OURS, circle="shops", secret=b"short", day=DAY))


def test_exchanged_lines_are_told_from_other_feeds() -> None:
    assert is_exchange(exported())
    assert not is_exchange("bad.example\n")
