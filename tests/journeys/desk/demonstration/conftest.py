"""The demonstration, started once for the journeys of this folder and ended with them: its traffic costs a core."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.journeys.desk.installation import FIELD, Installation, installed


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
