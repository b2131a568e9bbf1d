"""Names explain themselves: no junk drawers, no empty verbs."""

from __future__ import annotations

import re
from functools import cache

import pytest

from tests.architecture.source import SRC, product_files

BANNED_FILES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "misc",
    "manager",
    "managers",
    "info",
    "stuff",
    "shared",
}
BANNED_FUNCTION = re.compile(r"^(handle|process|manage|do)_|_(helper|util|utils|manager)$")
FRAMEWORK_HOOKS = {"process_exception"}
"""Names that Django gives to a middleware's methods."""

BANNED_CLASS = re.compile(r"(Manager|Helper|Util|Utils|Info)$")

BRANDS = re.compile("报平安|中国平安|平安(?:银行|保险|人寿|普惠|证券|集团|好医生)|(?<=zh: )平安(?=[,}])")
"""A company's own name, or what a caller says, is no slip of the pen."""


LEXICONS = {"words.yaml"}
"""Lists of what other people write."""


def test_no_junk_drawer_files() -> None:
    names = {path.stem for path in SRC.rglob("*.py")} | {path.name for path in SRC.rglob("*") if path.is_dir()}
    assert names & BANNED_FILES == set()


def test_functions_say_what_they_do() -> None:
    found = [
        f"{each.name}:{f.name}"
        for each in product_files()
        for f in each.functions
        if BANNED_FUNCTION.search(f.name) and f.name not in FRAMEWORK_HOOKS
    ]
    assert found == []


def test_classes_are_nouns_of_the_domain() -> None:
    pattern = re.compile(r"^class (\w+)", re.MULTILINE)
    found = [name for each in product_files() for name in pattern.findall(each.text) if BANNED_CLASS.search(name)]
    assert found == []


@cache
def product_texts() -> dict[str, str]:
    """Return what the product's files say beside other companies' names."""
    return {
        str(path): BRANDS.sub("", path.read_text(encoding="utf-8"))
        for kind in ("py", "yaml", "pyx", "html")
        for path in SRC.rglob(f"*.{kind}")
        if "tests" not in path.parts and path.name not in LEXICONS
    }


@pytest.mark.parametrize("word", ["平安", "TODO", "FIXME", "XXX", "NotImplementedError"])
def test_words_that_do_not_belong(word: str) -> None:
    assert [path for path, text in product_texts().items() if word in text] == []


def test_package_roots_are_empty_except_the_engine() -> None:
    roots = [path for path in SRC.rglob("__init__.py") if path.parent not in (SRC, SRC / "engine")]
    assert [str(path) for path in roots if path.read_text(encoding="utf-8").strip()] == []
