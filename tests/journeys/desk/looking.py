"""What a journey looks at: accessibility by axe, overflow, focus."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import axe_core_python
from playwright.sync_api import Page

AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
LOOKING = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
_sound: set[str] = set()
"""The builds of pages in which nothing was found wrong: a page is asked in one language, of whatever it shows."""
_readable: set[str] = set()
"""The kinds of text that were found readable: contrast is half of what axe does."""


def violations(page: Page, *themes: str) -> list[str]:
    """Return what axe finds wrong with the page, also with its colours in other themes, one line each."""
    if not page.evaluate("typeof looking === 'object'"):
        page.evaluate(LOOKING)
    build, kinds = page.evaluate("themes => looking.seen(themes)", themes)
    fresh = [each for each in kinds if each not in _readable]
    if build in _sound and not fresh:
        return []
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE)
    asked = [themes, build not in _sound, fresh]
    found: list[dict[str, Any]] = page.evaluate("asked => looking.found(...asked)", asked)
    if not found:
        _sound.add(build)
        _readable.update(fresh)
    return [_line(each) for each in found]


def _line(violation: dict[str, Any]) -> str:
    nodes = [f"{node['html'][:160]} ({node['failureSummary'][:160]})" for node in violation["nodes"][:3]]
    return f"{violation['id']}: {violation['help']}: {'; '.join(nodes)}"


def overflows(page: Page) -> bool:
    """Return whether the page must be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def focused(page: Page) -> str:
    """Return what stands in the focus: its tag and its text or name."""
    text: str = page.evaluate(
        "(() => { const e = document.activeElement; return `${e.tagName.toLowerCase()} "
        "${e.getAttribute('aria-label') || e.textContent.trim() || e.name || ''}`.trim(); })()"
    )
    return text
