"""How long a client may take before it is a connection that counts."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from anxin.gateway import server
from anxin.gateway.config import GatewayConfig
from anxin.gateway.server import Gateway
from anxin.gateway.tests.test_intake import NOW, in_loop


@pytest.mark.parametrize(("tls", "seconds"), [(None, None), ("tls", 7.0)])
@in_loop
async def test_shaking_hands_takes_no_longer_than_a_head(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tls: str | None, seconds: float | None
) -> None:
    asked: dict[str, Any] = {}

    async def create_server(*_: object, **given: object) -> None:
        asked.update(given)

    monkeypatch.setattr(server, "_tls", lambda config: tls)
    config = GatewayConfig(data=tmp_path, head_seconds=7.0)
    gateway = Gateway(config, clock=lambda: NOW, announce=lambda _: None, progress=lambda *_: None)
    loop = SimpleNamespace(create_server=create_server)
    monkeypatch.setattr(gateway, "_loop", cast("asyncio.AbstractEventLoop", loop))
    await gateway._listen()
    assert (asked["ssl"], asked["ssl_handshake_timeout"]) == (tls, seconds)
