"""What a journey looks at: accessibility by axe, overflow, focus."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import axe_core_python
from playwright.sync_api import Page

AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
LOOK = """async ([standards, themes, known]) => {
  const states = ["aria-current", "aria-pressed", "aria-selected", "aria-disabled", "disabled", "open"];
  const kind = (each) => {
    const said = states.map((name) => each.getAttribute(name) ?? "-").concat(
      ["state", "theme", "sending", "open", "level"].map((name) => each.dataset?.[name] ?? "-"));
    return `${each.localName}.${[...each.classList].join(".")} ${said.join("")}`;
  };
  const within = (each) => (each ? `${within(each.parentElement)}>${kind(each)}` : innerWidth);
  const written = () => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = new Map();
    while (texts.nextNode()) {
      const around = texts.currentNode.parentElement;
      if (texts.currentNode.data.trim() && around.checkVisibility()) found.set(around, within(around));
    }
    return [...found];
  };
  // What it would fetch again are the style sheets, for two rules on turning a phone and on sound.
  const options = { resultTypes: ["violations"], preload: false };
  const rules = { "color-contrast": { enabled: false } };
  const found = (await axe.run(document, { ...options, runOnly: standards, rules })).violations;
  const old = new Set(known), added = new Set(), root = document.documentElement, own = root.dataset.theme;
  const still = new CSSStyleSheet();
  still.replaceSync("* { transition: none !important }");
  document.adoptedStyleSheets.push(still);
  for (const theme of [own, ...themes]) {
    root.dataset.theme = theme;
    const fresh = written().filter(([, kind]) => !old.has(kind));
    if (!fresh.length) continue;
    const colours = { ...options, runOnly: { type: "rule", values: ["color-contrast"] } };
    found.push(...(await axe.run({ include: fresh.map(([each]) => each) }, colours)).violations);
    fresh.forEach(([, kind]) => added.add(kind));
  }
  root.dataset.theme = own;
  document.adoptedStyleSheets.pop();
  return [found, [...added]];
}"""
"""Contrast is half of what axe does: it is asked of each kind of text once, by what it is and what it lies in."""
_readable: set[str] = set()
"""The kinds of text that were found readable."""


def violations(page: Page, *themes: str) -> list[str]:
    """Return what axe finds wrong with the page, also with its colours in other themes, one line each."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE)
    found: list[dict[str, Any]]
    found, kinds = page.evaluate(LOOK, [STANDARDS, themes, sorted(_readable)])
    if not found:
        _readable.update(kinds)
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
