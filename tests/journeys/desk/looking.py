"""What a journey looks at: accessibility by axe, overflow, focus."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import axe_core_python
from playwright.sync_api import Page

AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong with the page, one line each with the first elements concerned."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE)
    options = {"runOnly": STANDARDS, "resultTypes": ["violations"]}
    found: list[dict[str, Any]] = page.evaluate(
        "async (options) => (await axe.run(document, options)).violations", options
    )
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
