"""Evidence by keyboard: handed in, pasted, looked at, copied, packed; custody shows it all, readable for everybody."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from anxin.desk.operations.evidence.pack.verify_pack import verify
from tests.journeys.desk.looking import overflows, violations
from tests.journeys.desk.tabs import PHONE

Open = Callable[..., Page]
CHAT = "张三 2026-11-21 03:10\n我的电话 13877665544\n客服: 收到"
OPEN = """async () => {
  const token = document.querySelector('[name=csrfmiddlewaretoken]').value;
  const answer = await fetch('/api/v1/incidents', {method: 'POST', body: JSON.stringify({kind: 'phishing'}),
    headers: {'Content-Type': 'application/json', 'X-CSRFToken': token}});
  return (await answer.json()).id;
}"""
PASTE = """(bytes) => {
  const carried = new DataTransfer();
  carried.items.add(new File([new Uint8Array(bytes)], 'clipboard.png', {type: 'image/png'}));
  document.dispatchEvent(new ClipboardEvent('paste', {clipboardData: carried, bubbles: true}));
}"""


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (320, 200), (30, 90, 200)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def incident_id(open_page: Open) -> str:
    found: str = open_page("/checks/", role="shift_lead", language="en").evaluate(OPEN)
    return found


def test_hand_in_look_copy_and_pack(open_page: Open, incident_id: str, tmp_path: Path) -> None:
    page = open_page(f"/evidence/of/{incident_id}/", role="shift_lead", language="en")
    page.keyboard.press("e")
    expect(page.locator("[data-files]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.insert_text(CHAT)
    page.locator("button[value=chat]").press("Enter")
    expect(page.locator(".evidence-taken")).to_contain_text("kept, its hash is recorded")
    page.evaluate(PASTE, list(picture()))
    expect(page.locator("[data-send]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".evidence-picture")).to_have_count(1)
    assert violations(page) == []

    page.goto(page.get_by_role("link", name="chat extract").get_attribute("href") or "")
    expect(page.locator(".evidence-custody li")).to_have_count(1)
    page.keyboard.press("v")
    expect(page.locator(".evidence-chat")).to_contain_text("13877665544")
    expect(page.locator(".evidence-custody")).to_contain_text("viewed")
    page.locator("summary", has_text="Make a redacted copy").press("Enter")
    page.get_by_role("button", name="Make the copy").press("Enter")
    expect(page.locator(".page-head")).to_contain_text("original")
    page.keyboard.press("v")
    expect(page.locator(".evidence-chat")).to_contain_text("138****5544")

    page.goto(f"/evidence/of/{incident_id}/")
    page.locator("[name=purpose]").select_option("hand_over")
    page.get_by_role("button", name="Make and sign").press("Enter")
    expect(page.locator(".evidence-packs li")).to_have_count(1)
    with page.expect_download() as coming:
        page.locator(".evidence-packs a").press("Enter")
    coming.value.save_as(tmp_path / "pack.zip")
    assert verify((tmp_path / "pack.zip").read_bytes())["purpose"] == "hand_over"


@pytest.mark.parametrize(
    ("language", "theme", "size"), [("zh", "light", (1280, 800)), ("zh", "night", PHONE), ("en", "dark", (1280, 800))]
)
def test_a_picture_is_blurred_until_it_is_opened(
    open_page: Open, incident_id: str, language: str, theme: str, size: tuple[int, int]
) -> None:
    page = open_page(f"/evidence/of/{incident_id}/", role="shift_lead", language=language, theme=theme, size=size)
    page.evaluate(PASTE, list(picture()))
    page.locator("[data-send]").press("Enter")
    expect(page.locator(".evidence-picture")).to_have_count(1)
    assert violations(page) == []
    assert not overflows(page)
    page.locator(".evidence-title a").press("Enter")
    expect(page.locator(".evidence-blurred")).to_be_visible()
    page.locator("details", has=page.locator("[data-boxes]")).locator("summary").press("Enter")
    page.keyboard.press("v")
    place = page.locator(".evidence-clear canvas").bounding_box()
    assert place
    page.mouse.move(place["x"] + 5, place["y"] + 5)
    page.mouse.down()
    page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    page.mouse.up()
    expect(page.locator("[data-boxes]")).not_to_have_value("")
    assert violations(page) == []
    assert not overflows(page)
