"""What a journey looks at: accessibility by axe, overflow, focus."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import axe_core_python
from playwright.sync_api import Page

AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
LOOKING = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")


class Sound:
    """What nothing was found wrong with: the builds of pages, as a page is asked in one language, of whatever it shows.

    Kinds of text that are readable, too: contrast is half of what axe does. All processes of a run write what they
    found into one file.
    """

    def __init__(self) -> None:
        self._file: Path | None = None
        self._read_to = 0
        self._known: set[str] = set()

    def share(self, file: Path) -> None:
        """Keep in this file what is found from now on, and read there what others found."""
        if file != self._file:
            self._file, self._read_to = file, 0
            self._known.clear()

    def without(self, asked: list[str]) -> list[str]:
        """Return those of which nobody knows yet that they are sound."""
        if not self._known.issuperset(asked):
            self._read()
        return [each for each in asked if each not in self._known]

    def add(self, found: list[str]) -> None:
        self._known.update(found)
        if self._file:
            with self._file.open("ab", buffering=0) as file:
                file.write("".join(f"{each}\n" for each in found).encode())

    def _read(self) -> None:
        if self._file is None or not self._file.exists():
            return
        with self._file.open("rb") as file:
            file.seek(self._read_to)
            # Another process may have written half of its lines.
            lines = file.read().rpartition(b"\n")[0]
        self._read_to += len(lines) + bool(lines)
        self._known.update(lines.decode().splitlines())


SOUND = Sound()


def violations(page: Page, *themes: str) -> list[str]:
    """Return what axe finds wrong with the page, also with its colours in other themes, one line each."""
    if not page.evaluate("typeof looking === 'object'"):
        page.evaluate(LOOKING)
    build, kinds = page.evaluate("themes => looking.seen(themes)", themes)
    is_new, fresh = bool(SOUND.without([build])), SOUND.without(kinds)
    if not is_new and not fresh:
        return []
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate("asked => looking.found(...asked)", [themes, is_new, fresh])
    if not found:
        SOUND.add([build, *fresh])
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
