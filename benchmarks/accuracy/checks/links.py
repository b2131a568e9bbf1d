"""Figures of the link checks."""

from __future__ import annotations

from pathlib import Path

from benchmarks import checks_links
from benchmarks.accuracy.checks.figures import Figure, Say
from benchmarks.accuracy.checks.sets import rows_of

MEASURES = (checks_links.pairs, checks_links.impersonation, checks_links.later_year, checks_links.prohibited)
NEEDED = ("dns_typo_pairs", "phishtank_2020", "openphish_2024_2026", "zh_prohibited_sites")


def measure_links(data: Path, say: Say) -> list[Figure]:
    """Return the figures of the link sets found under a folder, trained and tested on sites kept apart."""
    figures: list[Figure] = []
    for name, measure in zip(NEEDED, MEASURES, strict=True):
        if not rows_of(data, name):
            continue
        say(f"{name}: links")
        figures += measure(data)
    return figures
