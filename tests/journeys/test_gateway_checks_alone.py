"""Checks that are late, shared with another platform, or switched off: each with a gateway of its own."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
from benchmarks.serving import serve_gateway
from click.testing import CliRunner

from anxin.checkers.signatures.exchange import export_indicators
from anxin.checkers.signatures.signature import AnySignature
from anxin.cli.main import root
from anxin.starter.folder import starter_folder
from tests.journeys.shop import Shop
from tests.journeys.texts import ORDER, PATIENT, SMUGGLED, is_black, message, noted


def test_late_checks_are_left_out_and_a_replay_answers_the_same(tmp_path: Path) -> None:
    data, texts = tmp_path / "data", ["加薇❤ abc12345 " * 300, SMUGGLED, "你好"]
    with serve_gateway(data, starter_folder(), decision_budget_ms=1) as served:
        shop = Shop(served)
        shop.decide(message())
        events = [message(texts[number % 3]) for number in range(30)]
        decided = [shop.decide(event) for event in events]
        assert any(each["degraded"] == ["checks"] for each in decided)
        shop.post("/v1/signatures", ORDER)
        shop.post("/v1/checks/corrections", {"correction": "confirmed", "signature": "LK-1"})
        assert is_black(shop, "http://evil-one.example/") in (True, False)
        served.kill()
    with serve_gateway(data, starter_folder(), **PATIENT) as again:
        shop = Shop(again, served.key)
        restored = noted(data, "restored")[-1]
        assert (restored["differing"], restored["refused"]) == (0, 0)
        assert restored["records"] >= 31
        assert [shop.get(f"/v1/decisions/{each['event_id']}").json for each in events] == decided
        assert is_black(shop, "http://evil-one.example/")


def test_what_another_platform_shared_is_found_with_the_secret(tmp_path: Path) -> None:
    data, shared, secret = tmp_path / "data", tmp_path / "shared.jsonl", b"a secret of two platforms"
    signatures = msgspec.convert(ORDER["put"], tuple[AnySignature, ...])
    shared.write_bytes(b"".join(export_indicators(signatures, circle="shops", secret=secret, day=date(2026, 11, 22))))
    (data / "circles").mkdir(parents=True, mode=0o700)
    data.chmod(0o700)
    with serve_gateway(data, starter_folder(), **PATIENT) as served:
        shop, key = Shop(served), data / "circles" / "shops.key"
        key.write_bytes(secret)
        key.chmod(0o600)
        arguments = ["signatures", "import", str(shared), "--data", str(data)]
        assert CliRunner().invoke(root(), arguments).exit_code == 0
        link = shop.post("/v1/checks/link", {"link": "http://evil-one.example/"}).json
        assert (link["verdict"], link["score"]) == ("suspicious", 60.0)
        assert link["signatures"][0].startswith("shops-link-high")
        text = shop.post("/v1/checks/text", {"text": "请打 13912345678"}).json
        assert text["signatures"][0].startswith("shops-phone")


def test_without_checks_texts_are_decided_and_the_calls_say_so(tmp_path: Path) -> None:
    with serve_gateway(tmp_path / "data", starter_folder(), checks="off") as served:
        shop = Shop(served)
        decision = shop.decide(message())
        assert (decision["verdict"], decision["degraded"]) == ("allow", [])
        assert "RC07" in {each["rule"] for each in decision["unknown"]}
        for path in ("/v1/checks/link", "/v1/checks/text", "/v1/signatures"):
            refused = shop.post(path, {"text": "a"})
            assert (refused.status, refused.code) == (501, "checks.unavailable")
