"""What the desk orders, the demonstration's platform does, as a real one would; what it finds, the gateway logs."""

from __future__ import annotations

import json
from collections.abc import Callable

from anxin.engine.log.keys import FileKeyRing
from anxin.engine.log.reader import LogReader
from anxin.engine.log.records import DecisionRecord, Kind, decode_record
from tests.journeys.desk.demonstration.conftest import THEFT, Colleague, Shop, until
from tests.journeys.desk.installation import Installation

REPORT = THEFT | {
    "report_id": "platform-1",
    "parties": [{"role": "victim", "kind": "user", "value": "u_platform"}],
}


def test_a_reply_is_delivered_by_the_platform(colleague: Callable[[str], Colleague]) -> None:
    agent = colleague("night-agent")
    incident = agent.call("/reports", REPORT)["incident_id"]
    path = f"/incidents/{incident}/replies"
    sent = agent.call(path, {"text": "您好，您的账号已保护，请在官方 App 查看进展。", "key": "k1"})
    assert sent["state"] == "sent"
    until(lambda: agent.call(path)[0]["state"], "delivered")


def test_a_verdict_stands_in_the_gateways_log_once(
    night: Installation, shop: Shop, colleague: Callable[[str], Colleague]
) -> None:
    shop.pay("u_labelled", "13912340005")
    agent, lead = colleague("night-agent"), colleague("lead")
    target = {"entity_kind": "user", "entity_key": "u_labelled"}
    measure = agent.call("/measures", {"kind": "freeze_account", "reason": "account_theft", **target})
    lead.call(f"/measures/{measure['id']}:review", {"finding": "wrong", "note": "认错人了"})

    def given() -> list[str]:
        return [each["state"] for each in lead.call("/labels")["items"] if each["entity_key"] == "u_labelled"]

    until(lambda: ",".join(given()), "taken")
    written = night.data / "organisations" / "demo" / "log"
    reader = LogReader(written, FileKeyRing(night.data / "master.key"), organisation="demo")
    decided = [decode_record(kind, body) for _, kind, body in reader.records() if kind == Kind.DECISION]
    events = [json.loads(each.event) for each in decided if isinstance(each, DecisionRecord)]
    ours = [each for each in events if each.get("source") == "desk"]
    assert [(each["label"], each["is_fraud"]) for each in ours] == [("legitimate", False)]
    assert "u_labelled" in ours[0].values()
