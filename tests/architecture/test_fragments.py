"""A fragment that asks by itself says where its answer goes, and keeps that to itself.

What htmx does not find on an element it takes from those around it: a live fragment inside a form with `hx-select`
would swap nothing in, and a form inside a live fragment would lose its own answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.architecture.source import SRC

TEMPLATES = sorted(SRC.rglob("templates/**/*.html"))
TAG = re.compile(r"""<[a-zA-Z][\w-]*\s(?:{%.*?%}|{{.*?}}|"[^"]*"|'[^']*'|[^<>"'])*>""", re.DOTALL)
ATTRIBUTE = re.compile(r"""\s(hx-[\w-]+)=(?:"([^"]*)"|'([^']*)')""")
BY_ITSELF = re.compile(r"\b(live|load|every|revealed|intersect|toggle|htmx:\w+)\b")
KEPT = "hx-target hx-select"
LIVE = re.compile(r"(?:^|,)\s*live\b([^,]*)")


def asking(text: str) -> Iterator[dict[str, str]]:
    """Yield the htmx attributes of every element that asks for something when its trigger comes."""
    for tag in TAG.findall(text):
        found = {name: one or other for name, one, other in ATTRIBUTE.findall(tag)}
        if "hx-trigger" in found:
            yield found


def unsaid(attributes: dict[str, str]) -> list[str]:
    """Return what an element that asks by itself leaves to those around it, or lets into those inside it."""
    if not BY_ITSELF.search(re.sub("{%.*?%}", " ", attributes["hx-trigger"])):
        return []
    missing = [name for name in ("hx-target", "hx-select", "hx-swap") if not attributes.get(name)]
    return missing + (["hx-disinherit"] if attributes.get("hx-disinherit") not in (KEPT, "*") else [])


def restraints(attributes: dict[str, str]) -> list[str]:
    """Return what keeps a live fragment from asking with every word: htmx drops what comes meanwhile, for good."""
    return [found.strip() for found in LIVE.findall(attributes["hx-trigger"]) if found.strip(" \n")]


def test_no_live_fragment_drops_a_word() -> None:
    found = {
        f"{path.relative_to(SRC)}: {each['hx-trigger']}": what
        for path in TEMPLATES
        for each in asking(path.read_text(encoding="utf-8"))
        if (what := restraints({"hx-trigger": re.sub("{%.*?%}", "", each["hx-trigger"])}))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("trigger", "found"),
    [
        ("live", []),
        ("load, live, every 15s", []),
        ("load delay:700ms, live", []),
        ("live throttle:1s", ["throttle:1s"]),
        ("load, live once, every 2s", ["once"]),
        ("live changed delay:2s", ["changed delay:2s"]),
        ("submit delay:1s, alive once", []),
    ],
)
def test_what_drops_words_is_found(trigger: str, found: list[str]) -> None:
    assert restraints({"hx-trigger": trigger}) == found


def test_every_live_fragment_has_an_id() -> None:
    tags = {tag for path in TEMPLATES for tag in TAG.findall(path.read_text(encoding="utf-8"))}
    live = [tag for tag in tags if any(LIVE.search(re.sub("{%.*?%}", "", each["hx-trigger"])) for each in asking(tag))]
    assert [tag for tag in live if " id=" not in tag or "data-live-topic=" not in tag] == []
    assert len(live) > 30


def test_every_fragment_says_where_its_answer_goes() -> None:
    found = {
        f"{path.relative_to(SRC)}: {each['hx-trigger']}": what
        for path in TEMPLATES
        for each in asking(path.read_text(encoding="utf-8"))
        if (what := unsaid(each))
    }
    assert found == {}


def test_no_trigger_is_overlooked() -> None:
    texts = [path.read_text(encoding="utf-8") for path in TEMPLATES]
    assert [len(list(asking(text))) for text in texts] == [text.count("hx-trigger=") for text in texts]
    assert sum(text.count("hx-trigger=") for text in texts) > 40


@pytest.mark.parametrize(
    ("tag", "missing"),
    [
        ('<div hx-get="x" hx-trigger="live">', ["hx-target", "hx-select", "hx-swap", "hx-disinherit"]),
        (
            '<div hx-trigger="{% if a > b %}load, {% endif %}live" hx-target="this" hx-swap="outerHTML">',
            ["hx-select", "hx-disinherit"],
        ),
        (f'<p hx-trigger="every 2s" hx-target="this" hx-select="unset" hx-swap="none" hx-disinherit="{KEPT}">', []),
        ('<form hx-post="x" hx-trigger="submit">', []),
    ],
)
def test_what_is_left_unsaid_is_found(tag: str, missing: list[str]) -> None:
    assert [unsaid(each) for each in asking(tag)] == [missing]
