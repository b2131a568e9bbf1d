"""Components as templates draw them: what they say, and that nothing slips through unescaped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.utils import translation

from anxin.desk.foundation.ui.clocks import read_clock, render_age, render_duration
from anxin.desk.foundation.ui.diffs import compare_lines
from anxin.desk.foundation.ui.shapes import (
    Cell,
    Choice,
    Column,
    Evidence,
    Filter,
    Reason,
    Row,
    Step,
    Table,
    TimelineEntry,
)
from anxin.desk.foundation.ui.words import Words

NOW = datetime(2026, 11, 21, 19, 10, tzinfo=UTC)
SCRIPT = "<script>alert(1)</script>"
NAME = Words("名", "name")


def draw(source: str, **values: object) -> str:
    request = SimpleNamespace(moment=NOW, path="/here/")
    return Template(source).render(Context({"request": request} | values))


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "L1 紧急"), ("en", "L1 critical")])
def test_level_has_word_shape_and_class(language: str, word: str) -> None:
    with translation.override(language):
        drawn = draw("{% level_badge 1 %}")
    assert word in drawn
    assert "<svg" in drawn
    assert "level-1" in drawn


@pytest.mark.parametrize("verdict", ["allow", "challenge", "review", "hold", "freeze", "block"])
def test_every_verdict_has_a_chip(verdict: str) -> None:
    with translation.override("en"):
        assert f"<span>{verdict}</span>" in draw("{% verdict_chip verdict %}", verdict=verdict)


SOURCES = [
    "{% entity_chip kind text href %}",
    "{% masked_value text href text purposes %}",
    "{% revealed_value text text %}",
    "{% reason_list reasons %}",
    "{% timeline entries %}",
    "{% diff text '' %}",
    "{% data_table table %}",
    "{% filter_bar filters %}",
    "{% stepper steps %}",
    "{% evidence_tile evidence %}",
    "{% banner text 'danger' title=text href=href action=text %}",
    "{% empty_state text text href=href action=text %}",
    "{% state_chip text %}",
    "{% say '中{x}' 'en {x}' x=text %}",
]


def values(text: str) -> dict[str, object]:
    words = Words(text, text)
    return {
        "kind": text,
        "text": text,
        "href": f'">{text}',
        "purposes": (Choice(text, words),),
        "reasons": (Reason(text, text, NOW),),
        "entries": (TimelineEntry(NOW, text, text, text, href=text),),
        "table": Table(words, (Column(words),), (Row((Cell(text),), href=text),)),
        "filters": (Filter(text, words, text, (Choice(text, words),)),),
        "steps": (Step(words, "next", text, text),),
        "evidence": Evidence(text, "image", text, NOW, text, 1, text, text),
    }


@pytest.mark.parametrize("source", SOURCES)
def test_script_in_a_displayed_value_is_only_text(source: str) -> None:
    drawn = draw(source, **values(SCRIPT))
    assert "&lt;script&gt;" in drawn
    assert "<script" not in drawn


@pytest.mark.parametrize("source", SOURCES)
def test_components_obey_the_content_policy(source: str) -> None:
    drawn = draw(source, **values("x"))
    assert " style=" not in drawn
    assert " onclick" not in drawn


def test_missing_reasons_are_said() -> None:
    with translation.override("en"):
        assert "No reasons are recorded." in draw("{% reason_list reasons %}", reasons=())


def test_a_mask_without_permission_offers_no_button() -> None:
    drawn = draw("{% masked_value '138****1234' %}")
    assert "138****1234" in drawn
    assert "<button" not in drawn


def test_rows_open_by_their_first_cell_and_lists_end() -> None:
    columns = (Column(NAME), Column(NAME, is_number=True))
    with translation.override("en"):
        drawn = draw("{% data_table table %}", table=Table(NAME, columns, (Row((Cell("a"), Cell(3)), href="/a/"),)))
        empty = draw("{% data_table table %}", table=Table(NAME, columns, ()))
    assert '<a class="row-link" href="/a/">a</a>' in drawn
    assert '<td class="is-number">3</td>' in drawn
    assert "1 row on this page" in drawn
    assert "Nothing here yet" in empty


def test_exactly_the_next_step_is_current() -> None:
    steps = (Step(NAME, "done"), Step(NAME, "next"), Step(NAME))
    assert draw("{% stepper steps %}", steps=steps).count('aria-current="step"') == 1


@pytest.mark.parametrize(
    ("left", "text", "state"),
    [
        (1800, "30:00", "running"),
        (702, "11:42", "running"),
        (450, "07:30", "soon"),
        (0, "00:00", "over"),
        (-127, "−02:07", "over"),
    ],
)
def test_clock_says_how_it_stands(left: int, text: str, state: str) -> None:
    face = read_clock(due_at=NOW + timedelta(seconds=left), started_at=NOW + timedelta(seconds=left - 1800), now=NOW)
    assert (face.text, face.state, face.share) == (text, state, max(left, 0) / 1800)


@pytest.mark.parametrize(
    ("seconds", "text"), [(3600, "1:00:00"), (59.9, "00:59"), (-0.4, "00:00"), (-3661, "−1:01:01")]
)
def test_durations(seconds: float, text: str) -> None:
    assert render_duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (30, "刚刚", "just now"),
        (60, "1 分钟前", "1 minute ago"),
        (7200, "2 小时前", "2 hours ago"),
        (86400, "1 天前", "1 day ago"),
    ],
)
def test_ages(seconds: int, zh: str, en: str) -> None:
    for language, text in (("zh-hans", zh), ("en", en)):
        with translation.override(language):
            assert render_age(NOW - timedelta(seconds=seconds), now=NOW) == text


def test_instants_name_their_zone() -> None:
    drawn = draw("{% moment at %}", at=NOW)
    assert drawn == (
        '<time datetime="2026-11-21T19:10:00+00:00" title="2026-11-21 19:10:00 +0000">2026-11-21 19:10:00</time>'
    )
    assert draw("{% moment at %}", at=None) == "—"


def test_diff_keeps_the_reading_order() -> None:
    lines = compare_lines("a\nb", "a\nc\nd")
    assert [(each.mark, each.text) for each in lines] == [
        ("kept", "a"),
        ("removed", "b"),
        ("added", "c"),
        ("added", "d"),
    ]
