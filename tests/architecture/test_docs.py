"""Docs can fail: files they name exist, public code says what it does, both languages stand side by side."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
import yaml

from tests.architecture.source import ROOT, SRC, product_files

READMES = sorted(SRC.rglob("README.md"))
CODE_SPAN = re.compile(r"`([\w./-]+\.(?:py|pyx|yaml|md|toml|json))`")


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.parent.name)
def test_readme_names_only_files_that_exist(readme: Path) -> None:
    named = CODE_SPAN.findall(readme.read_text(encoding="utf-8"))
    roots = (readme.parent, ROOT, SRC, ROOT / "docs", SRC / "engine")
    missing = [
        name
        for name in named
        if not any((root / name).exists() for root in roots) and not any(readme.parent.rglob(name))
    ]
    assert missing == []


def test_every_package_has_a_readme() -> None:
    folders = {path.parent for path in SRC.rglob("*.py") if not {"tests", "migrations"} & set(path.parts)}
    packages = [folder for folder in folders if folder != SRC and len(list(folder.glob("*.py"))) >= 4]
    assert [str(folder) for folder in packages if not (folder / "README.md").exists()] == []


def test_public_code_has_a_sentence() -> None:
    bare = []
    for each in product_files():
        if each.path.name == "__init__.py" and not each.text.strip():
            continue
        bare += [f"{each.name}:{name}" for name in each.bare]
    assert bare == []


def test_main_readme_stands_in_both_languages() -> None:
    english, chinese = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh.md"))
    commands = re.compile(r"^\s{4}(make .*|anxin .*|curl .*)$", re.MULTILINE)
    assert commands.findall(english) == commands.findall(chinese)
    assert "make run" in english


def test_engine_errors_speak_both_languages() -> None:
    text = (SRC / "engine" / "errors.py").read_text(encoding="utf-8")
    classes = [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef) and node.name != "_Details"]
    names = [
        [
            t.target.id if isinstance(t, ast.AnnAssign) else t.targets[0].id
            for t in c.body
            if isinstance(t, ast.Assign | ast.AnnAssign)
        ]
        for c in classes
    ]
    assert [c.name for c, have in zip(classes, names, strict=True) if not {"code", "zh", "en"} <= set(have)] == []


REASONED = ("engine", "gateway", "history")


def reasons_in_english_only(text: str) -> list[int]:
    """Return the lines of calls that are given a `reason` of their own words, and none in Chinese."""
    found = []
    for call in (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)):
        given = {each.arg: each.value for each in call.keywords}
        if isinstance(given.get("reason"), ast.Constant | ast.JoinedStr) and "reason_zh" not in given:
            found.append(call.lineno)
    return found


def test_reasons_of_refusals_stand_in_both_languages() -> None:
    files = (each for each in product_files() if each.path.relative_to(SRC).parts[0] in REASONED)
    texts = {each.name: each.text for each in files if "reason=" in each.text}
    assert {name: lines for name, text in texts.items() if (lines := reasons_in_english_only(text))} == {}
    assert reasons_in_english_only('raise Refused(reason="so")\nRefused(reason=given)') == [1]


@cache
def document_of(path: Path) -> object:
    """Return what a data file holds."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def cut_sentences(node: object) -> list[str]:
    """Return the keys without a value beside a `zh`: a comma without quotes cuts a sentence in two."""
    if isinstance(node, list):
        return [found for each in node for found in cut_sentences(each)]
    if not isinstance(node, dict):
        return []
    cut = [str(key) for key, value in node.items() if value is None] if "zh" in node else []
    return cut + [found for each in node.values() for found in cut_sentences(each)]


def test_no_sentence_of_a_data_file_is_cut_by_a_comma() -> None:
    documents = {path: document_of(path) for path in SRC.rglob("*.yaml")}
    assert {str(path): found for path, each in documents.items() if (found := cut_sentences(each))} == {}


def chinese_sentences(node: object) -> list[str]:
    """Return the values of all `zh` keys in a document."""
    if isinstance(node, list):
        return [found for each in node for found in chinese_sentences(each)]
    if not isinstance(node, dict):
        return []
    found = [value for key, value in node.items() if key == "zh" and isinstance(value, str)]
    return found + [each for value in node.values() for each in chinese_sentences(value)]


def test_chinese_sentences_of_data_files_have_chinese_marks() -> None:
    half_wide = re.compile("[\u4e00-\u9fff”）》][,?!;:]")
    wrong = {
        str(path.relative_to(SRC)): found
        for path in SRC.rglob("*.yaml")
        if (found := [each for each in chinese_sentences(document_of(path)) if half_wide.search(each)])
    }
    assert wrong == {}
