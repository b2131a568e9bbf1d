"""What the desk orders, the platform of the demonstration does: with a token of its own, as a real one would."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.journeys.desk.demonstration.conftest import Colleague
from tests.journeys.desk.tabs import PATIENCE_MS

REPORT = {
    "report_id": "platform-1",
    "kind": "account_takeover",
    "text": "有人登录了我的账号，正在转钱",
    "markers": ["money_moving"],
    "amount_minor": 320_000,
    "currency": "CNY",
    "contact": "13900001234",
    "parties": [{"role": "victim", "kind": "user", "value": "u_platform"}],
}


def settled(look: Callable[[], str], waiting: str) -> str:
    """Return what follows upon the state of waiting."""
    until = time.monotonic() + PATIENCE_MS / 1000
    while (found := look()) == waiting:
        assert time.monotonic() < until
        time.sleep(0.05)
    return found


def test_a_reply_is_delivered_by_the_platform(colleague: Callable[[str], Colleague]) -> None:
    agent = colleague("night-agent")
    incident = agent.call("/reports", REPORT)["incident_id"]
    path = f"/incidents/{incident}/replies"
    sent = agent.call(path, {"text": "您好，您的账号已保护，请在官方 App 查看进展。", "key": "k1"})
    assert sent["state"] == "sent"
    assert settled(lambda: agent.call(path)[0]["state"], "sent") == "delivered"
