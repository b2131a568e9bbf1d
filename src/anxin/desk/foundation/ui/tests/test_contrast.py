"""Every pair of colours that stands as text or edge on a ground reaches AA, in every theme, as the stylesheet says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[1] / "static" / "ui" / "css" / "tokens.css").read_text(encoding="utf-8")
TOKEN = re.compile(r"--([\w-]+): (?:light-dark\((#\w{6}), (#\w{6})\)|(#\w{6}));")
GROUNDS = ("ground", "surface", "raised")
TONES = ("accent", "danger", "warning", "ok", "info")

TEXT = 4.5
EDGE = 3.0
"""WCAG 2.2: 1.4.3 for text, 1.4.11 for what must be seen to be used."""


def themes() -> dict[str, dict[str, str]]:
    """The colours of each theme; night changes what dark says."""
    base, night = CSS.split(':root[data-theme="night"]')
    light, dark = {}, {}
    for name, bright, dim, _same in TOKEN.findall(base):
        light[name], dark[name] = bright, dim
    return {"light": light, "dark": dark, "night": dark | {name: same for name, _l, _d, same in TOKEN.findall(night)}}


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    brighter, dimmer = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (dimmer + 0.05)


PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "ink-soft", "ink-faint", "accent-ink") for ground in GROUNDS),
    *((f"{tone}-ink", ground, TEXT) for tone in TONES for ground in ("ground", "surface")),
    *((f"{tone}-ink", f"{tone}-quiet", TEXT) for tone in TONES),
    *((f"on-{tone}", tone, TEXT) for tone in TONES),
    *(("ink", f"{tone}-quiet", TEXT) for tone in TONES),
    ("ink-soft", "neutral-quiet", TEXT),
    ("ink-faint", "neutral-quiet", TEXT),
    *((edge, ground, EDGE) for edge in ("line-strong", "focus") for ground in ("ground", "surface")),
    *((tone, "surface", EDGE) for tone in TONES),
]


@pytest.mark.parametrize("theme", ["light", "dark", "night"])
def test_pairs_reach_aa(theme: str) -> None:
    colours = themes()[theme]
    ratios = {
        f"{one} on {other}": (round(contrast(colours[one], colours[other]), 2), least) for one, other, least in PAIRS
    }
    assert {pair: ratio for pair, (ratio, least) in ratios.items() if ratio < least} == {}


def test_night_is_dimmer_than_dark() -> None:
    dark, night = themes()["dark"], themes()["night"]
    assert {name for name in night if luminance(night[name]) > luminance(dark[name])} == set()


def test_contrast_of_known_pairs() -> None:
    assert (round(contrast("#000000", "#ffffff"), 2), round(contrast("#777777", "#ffffff"), 2)) == (21.0, 4.48)
