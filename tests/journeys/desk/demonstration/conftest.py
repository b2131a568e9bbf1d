"""The demonstration, started once for the journeys of this folder and ended with them, and pages of it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page

from tests.journeys.desk.installation import FIELD, Installation, installed
from tests.journeys.desk.tabs import PHONE, Kind, Tab, Tabs


@pytest.fixture(scope="package")
def night(tables: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The demonstration with its own gateway, desk and worker; it may call a pager on loopback."""
    data = tmp_path_factory.mktemp("night") / "data"
    allowed = {"ANXIN_DESK_WEBHOOK_NETWORKS": "127.0.0.0/8"}
    with installed(data, settings=allowed, tables=tables) as installation:
        yield installation


class Colleague:
    """Somebody at the desk who calls its API with their own session."""

    def __init__(self, night: Installation, client: httpx.Client, username: str) -> None:
        self._client = client
        page = client.get("/accounts/login/")
        found = FIELD.search(page.text)
        assert found
        password = night.wait_for(r"password\s+(\S+)")[1]
        typed = {"login": username, "password": password, "csrfmiddlewaretoken": found[1]}
        assert client.post("/accounts/login/", data=typed).status_code == 302

    def call(self, path: str, body: object = None) -> Any:
        headers = {"X-CSRFToken": self._client.cookies.get("csrftoken", "")}
        answer = self._client.request("GET" if body is None else "POST", f"/api/v1{path}", json=body, headers=headers)
        assert answer.status_code < 300, answer.text
        return answer.json()


@pytest.fixture
def colleague(night: Installation) -> Iterator[Callable[[str], Colleague]]:
    """Sign somebody in without a browser."""
    with contextlib.ExitStack() as stack:

        def sign_in(username: str) -> Colleague:
            client = httpx.Client(base_url=f"http://127.0.0.1:{night.desk_port}", timeout=30)
            return Colleague(night, stack.enter_context(client), username)

        yield sign_in


@pytest.fixture
def open_night(night: Installation, tabs: Tabs) -> Iterator[Callable[..., Page]]:
    """Open a page as somebody of the night, signed in by form; an error of a script fails the test at its end."""
    lent: list[Tab] = []

    def open_one(
        path: str,
        *,
        username: str = "night-agent",
        language: str = "zh",
        theme: str = "light",
        size: tuple[int, int] = (1440, 900),
    ) -> Page:
        url = f"http://localhost:{night.desk_port}"
        tab = tabs.lend(Kind(url, language, has_touch=size == PHONE), size)
        lent.append(tab)
        tab.context.add_cookies([{"name": "anxin_theme", "value": theme, "url": url}])
        page = tab.page
        page.goto("/accounts/login/")
        page.fill("[name=login]", username)
        page.fill("[name=password]", night.wait_for(r"password\s+(\S+)")[1])
        page.locator("main button[type=submit]").first.click()
        page.locator(".rail").wait_for(state="attached")
        page.goto(path)
        page.wait_for_function("document.documentElement.dataset.ready === 'true'")
        return page

    yield open_one
    assert [problem for tab in lent for problem in tabs.take_back(tab)] == []
