from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from benchmarks.crash import ORGANISATION, logged, state_digest
from benchmarks.serving import start_gateway

from anxin.gateway.control import ControlWriter, SqliteControl
from tests.journeys.patience import PATIENCE_SECONDS, wait_until
from tests.journeys.shop import POLICY, Shop, journal, new_id, payment


class House:
    """A data folder that outlives its gateways."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.policy = POLICY
        self.key = ""
        self.shop: Shop

    @property
    def root(self) -> Path:
        return self.data / "organisations" / ORGANISATION

    def start(self, **settings: object) -> Shop:
        served = start_gateway(self.data, self.policy, **settings)
        self.key = self.key or served.key
        self.shop = Shop(served, self.key)
        return self.shop

    def stop(self) -> int:
        return self.shop.served.stop()

    def kill(self) -> None:
        self.shop.served.kill()

    def journal(self) -> list[dict[str, object]]:
        return journal(self.data)

    def words(self) -> list[object]:
        return [line["word"] for line in self.journal()]

    def order(self, kind: str, body: object) -> int:
        table = SqliteControl(self.data / "control.sqlite3")
        try:
            return ControlWriter(table).append(ORGANISATION, kind, body, at=time.time_ns() // 1_000_000)
        finally:
            table.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path / "data")
    yield house
    if house.shop.served.process.poll() is None:
        house.kill()


def control_seq(shop: Shop) -> int:
    line = next(
        each for each in shop.get("/metrics", authorization=None).body.decode().splitlines() if "control_seq{" in each
    )
    return int(float(line.rsplit(" ", 1)[1]))


def test_a_clean_stop_and_start_keep_everything(house: House) -> None:
    shop = house.start()
    event = payment("restart-1")
    first = shop.decide(event)
    shop.decide(payment("restart-1"))
    house.order("hold.place", {"entity_kind": "user", "entity_id": "restart-2", "verdict": "freeze", "measure": "m"})
    wait_until(lambda: control_seq(shop) == 1)
    assert house.stop() == 0
    assert house.words()[-1] == "stopped"
    shop = house.start()
    assert house.key in (house.data / "output.txt").read_text(encoding="utf-8")
    assert shop.decide(event) == first | {"duplicate": True}
    assert shop.post("/v1/decisions", event | {"amount": 7}).code == "event.id_reused"
    assert shop.decide(payment("restart-1"))["verdict"] == "review"
    assert shop.decide(payment("restart-2"))["verdict"] == "freeze"
    assert shop.get(f"/v1/decisions/{event['event_id']}").json == first
    restored = [line for line in house.journal() if line["word"] == "restored"]
    assert [(line["records"], line["differing"]) for line in restored] == [(0, 0)]
    assert control_seq(shop) == 1


def test_a_stop_answers_what_is_under_way(house: House) -> None:
    shop = house.start(shutdown_seconds=PATIENCE_SECONDS)
    batches = [[payment(f"restart-{new_id()}") for _ in range(800)] for _ in range(4)]

    def call(batch: list[dict[str, object]]) -> int:
        return len([each for each in shop.post("/v1/decisions:batch", batch).json if "verdict" in each])

    def has_begun(batch: list[dict[str, object]]) -> bool:
        return shop.get(f"/v1/decisions/{batch[0]['event_id']}").status == 200

    with ThreadPoolExecutor(len(batches)) as pool:
        called = [pool.submit(call, each) for each in batches]
        wait_until(lambda: all(has_begun(each) for each in batches))
        code = house.stop()
    assert (code, [each.result() for each in called]) == (0, [800] * 4)
    assert len(logged(house.data)) == 3200


def test_a_kill_loses_no_answered_event(house: House) -> None:
    shop = house.start()
    event = payment("restart-3")
    first = shop.decide(event)
    house.kill()
    shop = house.start()
    assert shop.decide(event) == first | {"duplicate": True}
    assert shop.decide(payment("restart-3"), "?explain=1")["explanation"]["features"]["payments_1h"]["value"] == 2


def test_snapshots_are_taken_while_deciding_and_used(house: House) -> None:
    shop = house.start(snapshot_seconds=1)
    for number in range(5):
        shop.decide(payment(f"restart-4-{number}"))
    wait_until(lambda: "snapshot" in house.words())
    shop.decide(payment("restart-4"))
    house.kill()
    whole, _ = state_digest(house.data, use_snapshots=False)
    quick, snapshot_seq = state_digest(house.data, use_snapshots=True)
    assert snapshot_seq > 0
    assert quick == whole


def test_unusable_snapshots_are_named_and_the_log_read_instead(house: House) -> None:
    house.start().decide(payment("restart-5"))
    house.stop()
    path = next((house.root / "snapshots").glob("*.snapshot"))
    whole = path.read_bytes()
    path.unlink()
    middle = len(whole) // 2
    flipped = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
    harmed = {1: flipped, 2: whole[:100], 3: b"ANXINSN2" + whole[8:]}
    for seq, content in harmed.items():
        path.with_name(f"{seq:020d}.snapshot").write_bytes(content)
    shop = house.start()
    unusable = [line for line in house.journal() if line["word"] == "snapshot.unusable"]
    named = [(f"{seq:020d}.snapshot", "the file is damaged") for seq in (3, 2, 1)]
    assert [(line["file"], line["reason"]) for line in unusable] == named
    assert shop.decide(payment("restart-5"), "?explain=1")["explanation"]["features"]["payments_1h"]["value"] == 2


def test_a_published_policy_outlives_the_folder(house: House) -> None:
    shop = house.start()
    shop.decide(payment("restart-6"))
    files = {path.relative_to(POLICY).as_posix(): path.read_text() for path in POLICY.rglob("*.yaml")}
    files["policy.yaml"] = files["policy.yaml"].replace('version: "1"', 'version: "2"')
    files["rules/all.yaml"] = files["rules/all.yaml"].replace("payments_1h >= 3", "payments_1h >= 2")
    house.order("policy.publish", {"files": files})
    wait_until(lambda: control_seq(shop) == 1)
    decision = shop.decide(payment("restart-6"))
    assert (decision["verdict"], decision["policy"], decision["control_seq"]) == ("review", "shop@2", 1)
    house.kill()
    shop = house.start()
    assert shop.decide(payment("restart-6"))["policy"] == "shop@2"
    house.stop()
    assert house.start().decide(payment("restart-6"))["policy"] == "shop@2"


def test_a_changed_folder_is_taken_up_at_the_next_start(house: House, tmp_path: Path) -> None:
    house.policy = Path(shutil.copytree(POLICY, tmp_path / "policy"))
    house.start().decide(payment("restart-7"))
    house.stop()
    file = house.policy / "policy.yaml"
    file.write_text(file.read_text().replace('version: "1"', 'version: "3"'))
    assert house.start().decide(payment("restart-7"))["policy"] == "shop@3"
    house.kill()
    assert state_digest(house.data, use_snapshots=False) == (state_digest(house.data, use_snapshots=True)[0], 0)


def test_a_control_stream_that_went_back_is_refused_loudly(house: House) -> None:
    shop = house.start()
    house.order("hold.place", {"entity_kind": "user", "entity_id": "restart-8", "verdict": "block", "measure": "m"})
    wait_until(lambda: control_seq(shop) == 1)
    house.stop()
    for name in ("control.sqlite3", "control.sqlite3-wal", "control.sqlite3-shm"):
        (house.data / name).unlink(missing_ok=True)
    shop = house.start()
    wait_until(lambda: shop.get("/readyz").json.get("degraded") == ["control_diverged"])
    house.order("hold.release", {"entity_kind": "user", "entity_id": "restart-8"})
    time.sleep(0.3)
    assert shop.decide(payment("restart-8"))["verdict"] == "block"
    assert "control_diverged" in house.words()
    assert 'anxin_degraded{part="control_diverged"} 1.0' in shop.get("/metrics", authorization=None).body.decode()


def test_two_gateways_cannot_share_a_folder(house: House) -> None:
    house.start()
    with pytest.raises(RuntimeError, match=r"log\.busy"):
        start_gateway(house.data, POLICY)
    assert house.shop.decide(payment("restart-10"))["verdict"] == "allow"
    # An interrupt ends it as cleanly as a stop.
    house.shop.served.process.send_signal(signal.SIGINT)
    assert house.shop.served.process.wait(PATIENCE_SECONDS) == 0
    assert house.words()[-1] == "stopped"


def test_old_segments_are_closed_beside_decisions_and_still_answer(house: House) -> None:
    shop = house.start(segment_bytes=1_048_576, closing_seconds=1)
    first = payment("restart-11")
    answered = shop.decide(first)
    for _ in range(4):
        batch = [payment(new_id()) for _ in range(1000)]
        assert shop.post("/v1/decisions:batch", batch).status == 200
    wait_until(lambda: any((house.root / "log").glob("*.seg.z")))
    wait_until(lambda: any((house.root / "index").glob("*.ids")))
    assert shop.get(f"/v1/decisions/{first['event_id']}").json == answered
    house.kill()
    assert house.start().get(f"/v1/decisions/{first['event_id']}").json == answered
