"""The commands of the house."""

from __future__ import annotations

import re
from collections import Counter

from tests.architecture.source import ROOT

TARGET = re.compile(r"^([^\s:=#]+):(?!=)", re.MULTILINE)


def test_every_target_has_one_recipe() -> None:
    targets = Counter(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    assert [name for name, times in targets.items() if times > 1] == []
    assert {"run", "test", "postgresql", "check", "bench", "accuracy"} <= set(targets)
