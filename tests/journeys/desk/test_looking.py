"""What looks at pages sees what is wrong in one, also where it has seen pages like it that were sound."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.journeys.desk.looking import SOUND, Sound, violations

PALE = "document.querySelector('main p').style.color = '{}'"
HARMS = {
    "a pale text": ("color-contrast", PALE.format("rgb(190, 190, 190)")),
    "a text nearly seen through": ("color-contrast", "document.querySelector('main').style.opacity = '0.4'"),
    "a button without a name": (
        "button-name",
        "document.querySelector('main').append(document.createElement('button'))",
    ),
    "a second thing of one id": (
        "duplicate-id-aria",
        "const make = () => Object.assign(document.createElement('p'), { id: 'twice', textContent: 'twice' });"
        "document.querySelector('main h1').setAttribute('aria-describedby', 'twice');"
        "document.querySelector('main').append(make(), make())",
    ),
    "headings that leave one out": (
        "heading-order",
        "document.querySelector('main h1').after(Object.assign(document.createElement('h4'), { textContent: 'deep' }))",
    ),
}


@pytest.mark.parametrize(("rule", "harm"), HARMS.values(), ids=HARMS)
def test_what_is_wrong_is_found(open_page: Callable[..., Page], rule: str, harm: str) -> None:
    page = open_page("/ui/", language="en")
    assert violations(page) == []
    page.evaluate(f"() => {{ {harm} }}")
    assert [each.split(":")[0] for each in violations(page)] == [rule]
    page.reload()
    assert violations(page) == []


def test_what_is_too_pale_in_another_theme_is_found(open_page: Callable[..., Page]) -> None:
    page = open_page("/ui/", language="en")
    # Dark enough on white, and too dark at night.
    page.evaluate(f"() => {{ {PALE.format('rgb(90, 90, 90)')} }}")
    assert violations(page) == []
    assert [each.split(":")[0] for each in violations(page, "night")] == ["color-contrast"]


@pytest.mark.parametrize(
    ("harm", "is_another"),
    [
        ("color = 'rgb(51, 51, 51)'", True),
        ("backgroundColor = 'rgb(254, 254, 254)'", True),
        ("opacity = '0.9'", True),
        ("textShadow = '0 0 1px red'", True),
        ("fontSize = '40px'", True),
        ("fontSize = '14px'", False),
        ("margin = '40px'", False),
    ],
)
def test_a_text_is_asked_again_where_its_contrast_may_be_another(
    open_page: Callable[..., Page], harm: str, is_another: bool
) -> None:
    page = open_page("/ui/", language="en")
    assert violations(page) == []
    page.evaluate(f"() => {{ document.querySelector('main p').style.{harm} }}")
    build, kinds = page.evaluate("looking.seen([])")
    assert (SOUND.without([build]), bool(SOUND.without(kinds))) == ([], is_another)


def test_what_one_process_found_sound_is_known_to_another(tmp_path: Path) -> None:
    one, two, elsewhere = Sound(), Sound(), Sound()
    for each, file in ((one, "all"), (two, "all"), (elsewhere, "other")):
        each.share(tmp_path / file)
    assert one.without(["a", "b", "c"]) == ["a", "b", "c"]
    one.add(["a", "b"])
    with (tmp_path / "all").open("a") as file:
        file.write("half")
    assert [each.without(["a", "b", "half", "half written"]) for each in (one, two, elsewhere)] == [
        ["half", "half written"],
        ["half", "half written"],
        ["a", "b", "half", "half written"],
    ]
    with (tmp_path / "all").open("a") as file:
        file.write(" written\n")
    assert [each.without(["half", "half written"]) for each in (one, two)] == [["half"], ["half"]]
    two.share(tmp_path / "other")
    assert two.without(["a"]) == ["a"]
