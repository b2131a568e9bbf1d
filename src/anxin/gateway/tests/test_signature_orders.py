from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from anxin.checkers.signatures.tests.samples import link, whole
from anxin.engine.log.keys import FileKeyRing
from anxin.gateway import signature_orders
from anxin.gateway.aside import Aside
from anxin.gateway.check_messages import Answered, RunCheck
from anxin.gateway.check_process import CheckProcess
from anxin.gateway.control import ControlTable, ControlUnreachable, SqliteControl
from anxin.gateway.signature_orders import PUBLISH, SignatureOrders
from anxin.gateway.tests.test_intake import in_loop


async def score(process: CheckProcess) -> float:
    heard: asyncio.Future[Answered | None] = asyncio.get_running_loop().create_future()
    number = process.new_number()
    process.ask_call(RunCheck(number, "shop", "link", "http://evil.example/", 1_790_000_000_000), heard.set_result)
    async with asyncio.timeout(300):
        answer = await heard
    assert answer is not None
    return float(msgspec.json.decode(answer.body)["score"])


@in_loop
async def test_a_stream_out_of_reach_is_read_again_until_it_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signature_orders, "_RETRY_SECONDS", 0.01)
    path, tries, refused = tmp_path / "control.sqlite3", [0], list[str]()
    table = SqliteControl(path)
    body = msgspec.json.encode(whole(link(confidence="high"))).decode()
    table.append([("bank", 1, PUBLISH, body), ("shop", 1, PUBLISH, "{}"), ("shop", 1, PUBLISH, body)])
    table.close()

    def open_table() -> ControlTable:
        tries[0] += 1
        if tries[0] < 4:
            raise ControlUnreachable(reason="away")
        return SqliteControl(path)

    loop = asyncio.get_running_loop()
    orders = SignatureOrders(
        ["shop"],
        FileKeyRing(tmp_path / "master.key"),
        tmp_path / "circles",
        open_table=open_table,
        loop=loop,
        aside=Aside(loop, ThreadPoolExecutor(1)),
        refused=refused.append,
    )
    process = orders.process = CheckProcess(loop, load=orders.load)
    async with asyncio.timeout(300):
        while await score(process) < 100.0:
            await asyncio.sleep(0.01)
    assert tries[0] >= 4
    assert refused == ["shop"]
    process.stop()
