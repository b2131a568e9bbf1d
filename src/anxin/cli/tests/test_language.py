"""The reader's language: said outright, or by the locale, else Chinese."""

from __future__ import annotations

import pytest

from anxin.cli.language import both, reader_language, said


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "zh"),
        ({"LANG": "C"}, "zh"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({"LANG": "POSIX"}, "zh"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_TW"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_GB"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "ANXIN_LANGUAGE": "en"}, "en"),
        ({"LANG": "en_US.UTF-8", "ANXIN_LANGUAGE": "ZH"}, "zh"),
        ({"LANG": "en_US.UTF-8", "ANXIN_LANGUAGE": "fr"}, "en"),
    ],
)
def test_the_language_of_a_reader(environment: dict[str, str], language: str) -> None:
    assert reader_language(environment) == language


def test_a_text_of_both_gives_each_back() -> None:
    text = both("策略", "policy")
    assert (said(text, "zh"), said(text, "en"), said("JSON", "en")) == ("策略", "policy", "JSON")
