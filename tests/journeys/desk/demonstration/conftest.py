"""The demonstration, started once for the journeys of this folder and ended with them, and pages of it."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page

from tests.journeys.desk.installation import FIELD, Installation, installed
from tests.journeys.desk.pressing import wait_until_ready
from tests.journeys.desk.tabs import PHONE, Kind, Tab, Tabs
from tests.journeys.patience import PATIENCE_SECONDS

THEFT = {
    "kind": "account_takeover",
    "text": "有人登录了我的账号，正在转钱",
    "markers": ["money_moving"],
    "amount_minor": 320_000,
    "currency": "CNY",
    "contact": "13900001234",
}
"""What the platform's own form says of an account that somebody else is emptying; whom it is about stands beside it."""


@pytest.fixture(scope="package")
def night(tables: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The demonstration with its own gateway, desk and worker; it may call a pager on loopback."""
    data = tmp_path_factory.mktemp("night") / "data"
    allowed = {"ANXIN_DESK_WEBHOOK_NETWORKS": "127.0.0.0/8"}
    with installed(data, settings=allowed, tables=tables) as installation:
        yield installation


class Shop:
    """The platform: sends what its users do to the gateway."""

    def __init__(self, night: Installation) -> None:
        self._url = f"http://127.0.0.1:{night.port}/v1/decisions"
        self._key = night.wait_for(r"API key\s+(ax_\S+)")[1]
        self._count = 0

    def pay(self, user: str, phone: str) -> str:
        """Return the verdict on a payment of the user at this moment."""
        self._count += 1
        given = {
            "event_id": f"{user}-{os.getpid()}-{self._count}",
            "event_type": "payment.attempted",
            "occurred_at": int(time.time() * 1000),
            "actor_id": user,
            "device_id": f"d-{user}",
            "phone": phone,
            "platform": "mall",
            "business_line": "goods",
            "region": "310000",
            "amount": 3_200,
            "currency": "CNY",
        }
        headers = {"Authorization": f"Bearer {self._key}"}
        answer = httpx.post(self._url, json=given, headers=headers, timeout=PATIENCE_SECONDS)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["verdict"])


@pytest.fixture(scope="package")
def shop(night: Installation) -> Shop:
    return Shop(night)


def until(act: Callable[[], str], wanted: str) -> None:
    """Repeat until it answers as wanted: the browser's answer and the gateway's obedience are a moment apart."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := act()) != wanted:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)


class Colleague:
    """Somebody at the desk who calls its API with their own session."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def call(self, path: str, body: object = None) -> Any:
        headers = {"X-CSRFToken": self._client.cookies.get("csrftoken", "")}
        answer = self._client.request("GET" if body is None else "POST", f"/api/v1{path}", json=body, headers=headers)
        assert answer.status_code < 300, answer.text
        return answer.json()


class SignedIn:
    """Signs each person in once, by form, and keeps the session: a second one would end the first."""

    def __init__(self, night: Installation, stack: contextlib.ExitStack) -> None:
        self._night, self._stack = night, stack
        self._clients: dict[str, httpx.Client] = {}

    def client(self, username: str) -> httpx.Client:
        if username not in self._clients:
            client = self._stack.enter_context(httpx.Client(base_url=self._night.desk_url, timeout=PATIENCE_SECONDS))
            found = FIELD.search(client.get("/accounts/login/").text)
            assert found
            password = self._night.wait_for(r"password\s+(\S+)")[1]
            typed = {"login": username, "password": password, "csrfmiddlewaretoken": found[1]}
            assert client.post("/accounts/login/", data=typed).status_code == 302
            self._clients[username] = client
        return self._clients[username]

    def cookies(self, username: str) -> list[Any]:
        value = self.client(username).cookies["sessionid"]
        return [{"name": "sessionid", "value": value, "url": self._night.desk_url, "httpOnly": True}]


@pytest.fixture(scope="package")
def signed_in(night: Installation) -> Iterator[SignedIn]:
    with contextlib.ExitStack() as stack:
        yield SignedIn(night, stack)


@pytest.fixture
def colleague(signed_in: SignedIn) -> Callable[[str], Colleague]:
    """Let somebody call the API, without a browser."""
    return lambda username: Colleague(signed_in.client(username))


@pytest.fixture
def open_night(night: Installation, signed_in: SignedIn, tabs: Tabs) -> Iterator[Callable[..., Page]]:
    """Open a page as somebody of the night; an error of a script fails the test at its end."""
    lent: list[Tab] = []

    def open_one(
        path: str,
        *,
        username: str = "night-agent",
        language: str = "zh",
        theme: str = "light",
        size: tuple[int, int] = (1440, 900),
    ) -> Page:
        tab = tabs.lend(Kind(night.desk_url, language, has_touch=size == PHONE), size)
        lent.append(tab)
        tab.context.add_cookies([{"name": "anxin_theme", "value": theme, "url": night.desk_url}])
        tab.context.add_cookies(signed_in.cookies(username))
        tab.page.goto(path)
        wait_until_ready(tab.page)
        return tab.page

    yield open_one
    assert [problem for tab in lent for problem in tabs.take_back(tab)] == []
