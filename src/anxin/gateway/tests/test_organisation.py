"""What an organisation does with a policy that cannot even be prepared."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from anxin.engine.control import ControlRefused
from anxin.engine.log.records import ControlRecord
from anxin.gateway.control import ControlRow
from anxin.gateway.journal import JOURNAL
from anxin.gateway.policies import publish_body
from anxin.gateway.tests.test_intake import NOW, in_loop, open_organisation

PUBLISH = ControlRow(7, "shop", NOW, "policy.publish", publish_body({"policy.yaml": "name: ["}).decode())


@pytest.fixture
def journal(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    monkeypatch.setattr(JOURNAL, "propagate", True)
    caplog.set_level(logging.INFO, JOURNAL.name)
    return caplog


@pytest.mark.parametrize(
    ("fault", "code", "reason"),
    [
        (
            ControlRefused(kind="policy.publish", reason="so"),
            "control.refused",
            "policy.publish cannot take effect: so",
        ),
        (ZeroDivisionError("13800138000"), "engine.fault", "ZeroDivisionError"),
    ],
)
@in_loop
async def test_a_fault_of_preparing_is_journaled_and_changes_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    journal: pytest.LogCaptureFixture,
    fault: Exception,
    code: str,
    reason: str,
) -> None:
    shop = open_organisation(tmp_path)
    before = shop.state.digest()

    def fail(record: ControlRecord) -> None:
        raise fault

    monkeypatch.setattr(shop.engine, "foresee", fail)
    journal.clear()
    shop.prepare_control(PUBLISH)
    facts = [vars(each)["facts"] for each in journal.records if each.getMessage() == "control.unprepared"]
    assert [(each["organisation"], each["control_seq"], each["code"]) for each in facts] == [("shop", 7, code)]
    assert facts[0]["reason"].endswith(reason)
    assert shop.state.digest() == before
    shop.stop()


@in_loop
async def test_other_orders_and_right_policies_leave_no_line(tmp_path: Path, journal: pytest.LogCaptureFixture) -> None:
    shop = open_organisation(tmp_path)
    files = dict(shop.engine.roster.live.files)
    journal.clear()
    shop.prepare_control(ControlRow(1, "shop", NOW, "policy.publish", publish_body(files).decode()))
    shop.prepare_control(ControlRow(2, "shop", NOW, "list.put", "{}"))
    assert [each.getMessage() for each in journal.records] == []
    shop.stop()
