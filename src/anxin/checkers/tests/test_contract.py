"""What every check owes its callers, whatever it is given: each `check_*` of each package's `check.py` is asked."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import pkgutil
from collections.abc import Callable

import msgspec
import pytest

import anxin.checkers
from anxin.checkers.result import Checked, level_of

Check = Callable[[str], Checked]
HOSTILE = {
    "empty": "",
    "blank": " \n\t ",
    "one letter": "a",
    "long run": "a" * 100_000,
    "dots": "." * 50_000,
    "mixed scripts": "раураӏ ＴＡＯＢＡＯ 淘宝 ٣٤ ไทย",
    "right-to-left": "abc\u202egpj.exe\u202c",
    "lone surrogate": "x\ud800y http://\udfff.com/",
    "control characters": "\x00\x01\x1b[31m",
    "many links": "http://a.example/ " * 2000,
    "nested encodings": "http://a.example/" + "%2525" * 2000,
    "made to be slow": "http://" + "a-" * 20_000 + "!",
    "brackets": "[" * 20_000 + "(" * 20_000,
    "zero width": "微\u200b信\u200b" * 2000,
    "combining marks": "a" + "\u0301" * 20_000,
}


def checks() -> dict[str, Check]:
    found: dict[str, Check] = {}
    for package in pkgutil.iter_modules(anxin.checkers.__path__, "anxin.checkers."):
        if package.ispkg and importlib.util.find_spec(f"{package.name}.check") is not None:
            module = importlib.import_module(f"{package.name}.check")
            members = inspect.getmembers(module, inspect.isfunction)
            found |= {name: one for name, one in members if _is_check(name, one, module.__name__)}
    return found


def _is_check(name: str, function: Callable[..., object], module: str) -> bool:
    return name.startswith("check_") and function.__module__ == module and _takes_a_text(function)


def _takes_a_text(function: Callable[..., object]) -> bool:
    signature = inspect.signature(function)
    required = [one.name for one in signature.parameters.values() if one.default is inspect.Parameter.empty]
    return required == ["text"] and signature.return_annotation == "Checked"


CHECKS = checks()


def test_there_is_a_check_of_links() -> None:
    assert "check_link" in CHECKS


@pytest.mark.parametrize("given", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS.keys())
def test_any_text_gets_a_proper_answer(check: Check, given: str) -> None:
    answer = check(given)
    assert 0 <= answer.score <= 100
    assert answer.level == level_of(answer.score)
    assert all(0 <= cue.start <= cue.end <= len(given) for cue in answer.cues)
    assert all(cue.code and cue.text.zh and cue.text.en and -100 <= cue.weight <= 100 for cue in answer.cues)
    assert msgspec.json.decode(msgspec.json.encode(answer), type=Checked) == answer


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS.keys())
def test_the_same_text_gets_the_same_answer(check: Check) -> None:
    given = "您的快递丢失，加微信理赔 http://sf-express-lipei.example/ 13800138000"
    assert check(given) == check(given)


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS.keys())
def test_nothing_is_ever_called_safe(check: Check) -> None:
    answer = check("https://www.taobao.com/")
    spoken = [cue.text.en for cue in answer.cues] + [words.en for words in answer.advice.say]
    assert not any("is safe" in sentence.lower() for sentence in spoken)
