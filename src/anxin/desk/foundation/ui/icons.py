"""Draw icons of the lucide set: its archive is opened once, as reading its list takes longer than drawing them all."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from io import BytesIO
from zipfile import ZipFile

import lucide
from django.utils.safestring import SafeString, mark_safe

_SHAPES = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_BETWEEN = re.compile(r"(?<=>)\s+(?=<)|^\s+|\s+$")


@cache
def icon_shapes(name: str) -> SafeString:
    """Return the shapes of an icon, as the inside of an SVG of 24 by 24. Raises KeyError for one that is not there."""
    found = _SHAPES.search(_archive().read(f"{name}.svg").decode())
    assert found, name
    return mark_safe(_BETWEEN.sub("", found[1]))


@cache
def draw_icon(name: str, size: int) -> SafeString:
    """Return an icon as an SVG of `size` pixels that only decorates; its pen is in the style."""
    around = (
        f'<svg width="{size}" height="{size}" viewBox="0 0 24 24" class="icon" aria-hidden="true" focusable="false">'
    )
    return mark_safe(f"{around}{icon_shapes(name)}</svg>")


@cache
def _archive() -> ZipFile:
    return ZipFile(BytesIO((files(lucide) / "lucide.zip").read_bytes()))
