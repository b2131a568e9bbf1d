from datetime import date
from pathlib import Path

import pytest

from anxin.checkers.normalise.text import normalise
from anxin.checkers.texts.check import instruments
from anxin.checkers.texts.errors import PackRefused
from anxin.checkers.texts.packs import load_library
from anxin.checkers.texts.scoring import SUSPECTED

LIBRARY = load_library()
SCAMS = [f"SC{number:02d}" for number in range(1, 25)]
POSITIVE = [(pack.id, each) for pack in LIBRARY.packs.values() for each in pack.examples.positive]
NEGATIVE = [(pack.id, each) for pack in LIBRARY.packs.values() for each in pack.examples.negative]

HEAD = """id: SC99
use: scam
name: {zh: 名, en: name}
owner: o
dated: 2026-01-01
review_by: 2026-07-01
source: s
confidence: low
uses: {}
examples: {positive: [a], negative: [b]}
"""
GOOD_CUE = "cues:\n  one: {zh: 一, en: one, kind: pretext, weight: 40, phrases: [甲乙]}\n"


def weighed(text):
    tools = instruments()
    return {each.pack.id: each.score for each in tools.scale.weigh(tools.matcher.find(normalise(text).text))}


def test_all_scam_types_have_a_pack():
    assert [name for name, pack in sorted(LIBRARY.packs.items()) if pack.use == "scam"] == SCAMS


@pytest.mark.parametrize(("pack", "text"), POSITIVE)
def test_positive_examples_are_suspected(pack, text):
    assert weighed(text).get(pack, 0.0) >= SUSPECTED


@pytest.mark.parametrize(("pack", "text"), NEGATIVE)
def test_negative_examples_raise_no_pack(pack, text):
    assert {name: score for name, score in weighed(text).items() if score >= SUSPECTED} == {}


@pytest.mark.parametrize("pack", LIBRARY.packs.values(), ids=lambda pack: pack.id)
def test_packs_are_complete(pack):
    assert len(set(pack.examples.positive)) >= 7
    assert len(set(pack.examples.negative)) >= 6
    assert pack.dated < pack.review_by <= date(2027, 12, 31)
    assert pack.say
    if pack.use == "scam":
        assert len(set(pack.examples.positive)) >= 7
        assert {stage.stage for stage in pack.stages} >= {"opening", "warn", "next"}
        assert pack.ask
        assert pack.never


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        (GOOD_CUE.replace("weight: 40", "weight: heavy"), 12, "Expected `float`"),
        (GOOD_CUE.replace("phrases: [甲乙]", "phrases: []"), 12, "nothing to look for"),
        (GOOD_CUE.replace("phrases: [甲乙]", "patterns: ['(a+)+\\1']"), 12, "pattern"),
        (GOOD_CUE.replace("phrases: [甲乙]", "patterns: ['[一-鿿]{900}']"), 12, "pattern"),
        (GOOD_CUE.replace("phrases: [甲乙]", "patterns: ['a*']"), 12, "matches the empty text"),
        (GOOD_CUE.replace("phrases: [甲乙]", "near: ['甲乙']"), 12, "both sides"),
        (GOOD_CUE + "combinations:\n  - {all: [two], weight: 5}\n", 14, "no cue is called two"),
        (GOOD_CUE + "colour: red\n", 1, "unknown field"),
        (GOOD_CUE + "cues: [\n", 14, ""),
    ],
)
def test_a_bad_pack_is_refused_with_its_line(tmp_path: Path, body, line, words):
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "SC99.yaml").write_text(HEAD + body, encoding="utf-8")
    with pytest.raises(PackRefused) as refused:
        load_library(tmp_path)
    assert (refused.value.file.name, refused.value.line) == ("SC99.yaml", line)
    assert words in refused.value.detail
    assert f"第 {line} 行" in refused.value.sentence("zh")


def test_a_pack_of_another_name_is_refused(tmp_path: Path):
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "other.yaml").write_text(HEAD + GOOD_CUE, encoding="utf-8")
    with pytest.raises(PackRefused, match="not the file's name"):
        load_library(tmp_path)
