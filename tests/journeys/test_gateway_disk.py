"""A disk that is full, and a disk that fails: through a real process whose disk obeys a file."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from benchmarks.crash import logged, state_digest
from benchmarks.serving import Served, launch_gateway, start_gateway

from anxin.engine.log.disk import Disk
from tests.journeys.patience import PATIENCE_SECONDS, wait_until
from tests.journeys.shop import POLICY, Shop, journal, payment

FAULTY = """
import errno, os
from anxin.engine.log.disk import Disk
MOOD = {mood!r}
def moody(name, number, word):
    plain = getattr(Disk, name)
    def attempt(self, *given):
        if os.path.exists(MOOD) and open(MOOD).read() == word:
            raise OSError(number, os.strerror(number))
        return plain(self, *given)
    setattr(Disk, name, attempt)
moody("create", errno.ENOSPC, "full")
moody("write", errno.ENOSPC, "full")
moody("sync", errno.EIO, "broken")
moody("allocate", errno.ENOSPC, "scarce")
"""


@pytest.fixture
def mood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    assert {"create", "write", "sync", "allocate"} <= set(vars(Disk))
    mood = tmp_path / "mood"
    (tmp_path / "path").mkdir()
    (tmp_path / "path" / "sitecustomize.py").write_text(FAULTY.format(mood=str(mood)))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "path"))
    return mood


def start(tmp_path: Path) -> Shop:
    return Shop(start_gateway(tmp_path / "data", POLICY))


def end(served: Served) -> None:
    if served.process.poll() is None:
        served.kill()


def test_a_full_disk_refuses_events_and_loses_nothing(tmp_path: Path, mood: Path) -> None:
    shop = start(tmp_path)
    try:
        first = payment("disk-1")
        answered = shop.decide(first)
        mood.write_text("full")
        caught = payment("disk-1")
        answers = [shop.post("/v1/decisions", event) for event in (caught, payment("disk-1"))]
        assert {(each.status, each.code) for each in answers} <= {(503, "gateway.disk_full"), (503, "log.disk_full")}
        assert all(int(each.headers["retry-after"]) > 0 for each in answers)
        assert shop.get("/readyz").json == {"status": "disk_full"}
        assert shop.get(f"/v1/decisions/{first['event_id']}").json == answered
        mood.unlink()
        wait_until(lambda: shop.get("/readyz").status == 200)
        assert shop.decide(caught)["duplicate"] is True
        assert shop.decide(payment("disk-1"))["verdict"] == "review"
        assert shop.served.stop() == 0
        assert len(logged(tmp_path / "data")) == 3
        quick, whole = (state_digest(tmp_path / "data", use_snapshots=each)[0] for each in (True, False))
        assert quick == whole
    finally:
        end(shop.served)


def test_a_stop_on_a_full_disk_ends_and_the_next_start_goes_on(tmp_path: Path, mood: Path) -> None:
    shop = start(tmp_path)
    shop.decide(payment("disk-2"))
    mood.write_text("full")
    assert shop.post("/v1/decisions", payment("disk-2")).status == 503
    shop.served.stop()
    mood.unlink()
    again = start(tmp_path)
    again = Shop(again.served, shop.key)
    try:
        assert again.decide(payment("disk-2"), "?explain=1")["explanation"]["features"]["payments_1h"]["value"] in (
            2,
            3,
        )
    finally:
        end(again.served)


def test_a_first_start_without_room_for_a_segment_says_so_and_goes_on_with_room(tmp_path: Path, mood: Path) -> None:
    mood.write_text("scarce")
    data = tmp_path / "data"
    served, output = launch_gateway(data, POLICY)

    def said() -> str:
        return output.read_text(encoding="utf-8")

    try:
        wait_until(lambda: "curl" in said() or served.process.poll() is not None)
        sentence = rf"磁盘空间不足：{data} 所在的磁盘剩余 \d+ MB，决策日志需要 68 MB，事件会被拒绝（503）"
        assert re.search(sentence, said())
        assert re.search(rf"\d+ MB are left where {data} lies, the decision log needs 68 MB", said())
        assert "腾出空间后自动恢复，无需重启。With room again it goes on by itself." in said()
        assert '"word": "log.disk_short"' in said()
        key = re.search(r"ax_\S+", said())
        assert key is not None
        shop = Shop(replace(served, key=key[0]))
        assert shop.get("/readyz").json == {"status": "disk_full"}
        assert shop.post("/v1/decisions", payment("disk-4")).code == "gateway.disk_full"
        mood.unlink()
        wait_until(lambda: shop.get("/readyz").status == 200)
        assert shop.decide(payment("disk-4"))["verdict"] == "allow"
    finally:
        end(served)


def test_upkeep_that_cannot_be_done_stops_no_decision(tmp_path: Path) -> None:
    shop = Shop(start_gateway(tmp_path / "data", POLICY, snapshot_events=1))
    try:
        (folder,) = (tmp_path / "data" / "organisations").glob("*/snapshots")
        shutil.rmtree(folder)
        first = payment("disk-5")
        answered = shop.decide(first)
        wait_until(lambda: shop.get("/readyz").json.get("degraded") == ["upkeep_failed"])
        assert 'anxin_degraded{part="upkeep_failed"} 1' in shop.get("/metrics").body.decode()
        assert shop.decide(first) == answered | {"duplicate": True}
        assert [line["of"] for line in journal(tmp_path / "data") if line["word"] == "upkeep.failed"][:1] == [
            folder.parent.name
        ]
        folder.mkdir()
        assert shop.served.stop() == 0
        assert len(list(folder.glob("*.snapshot"))) == 1
    finally:
        end(shop.served)


def test_a_failing_disk_ends_the_process_without_an_answer(tmp_path: Path, mood: Path) -> None:
    shop = start(tmp_path)
    acknowledged = payment("disk-3")
    first = shop.decide(acknowledged)
    mood.write_text("broken")
    with pytest.raises(ConnectionError):
        shop.post("/v1/decisions", payment("disk-3"))
    assert shop.served.process.wait(PATIENCE_SECONDS) == 74
    mood.unlink()
    again = Shop(start(tmp_path).served, shop.key)
    try:
        assert again.decide(acknowledged) == first | {"duplicate": True}
    finally:
        end(again.served)
