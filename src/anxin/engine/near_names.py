"""Say which known name somebody may have meant: one answer for every interface that refuses an unknown one."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

LONGEST_NAME = 64
"""Characters of an unknown name that are looked at and said again: whoever misspelt it knows it by these."""


def near_name_hint(name: str, known: Sequence[str]) -> tuple[str, str]:
    """Return what to do instead, in English and Chinese: the known name that begins alike or looks alike, else all."""
    plain = name[:LONGEST_NAME].casefold().replace("-", "_")
    longer = [each for each in known if plain and each.startswith(plain)]
    near = longer or difflib.get_close_matches(plain, known, n=1)
    if near:
        return f" Did you mean {near[0]}?", f"您是否想写 {near[0]}？"
    if known:
        listed = ", ".join(known)
        return f" Known here: {listed}.", f"可用：{listed}。"
    return " None is taken here.", "此处不接受任何名称。"
