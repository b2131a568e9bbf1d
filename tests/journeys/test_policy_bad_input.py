"""A policy that is wrong or hostile, and rules that meet what they did not expect: told, and nothing else happens."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.serving import serve_gateway
from click.testing import CliRunner

from anxin.cli.main import root
from anxin.engine.control import ControlRefused, parse_order
from anxin.engine.policy.loader import load_policy
from anxin.gateway.control import ControlWriter, SqliteControl
from tests.journeys.patience import wait_until
from tests.journeys.shop import POLICY, Shop, payment

CONDITION = "payments_1h >= 3"
HOSTILE = {
    "escape": ("().__class__.__bases__", "attributes are not allowed"),
    "import": ("__import__('os').system('x')", "attributes are not allowed"),
    "call by value": ("(lambda: is_fraud)()", "not allowed"),
    "explosion": ("payments_1h > 9**9**9", "not allowed"),
    "long number": ("payments_1h > " + "9" * 3000, "out of range"),
    "deep": ("not " * 45 + "new_payee", "deep"),
    "wide": ("new_payee" + " or new_payee" * 400, "4000 characters"),
    "repetition": ("device_id * 9999 == device_id", "text"),
    "catastrophic pattern": (r"""matches(device_id, "(a+)+\\1")""", "pattern"),
    "exploding pattern": ('matches(device_id, "((a{1,900}){1,900}){1,900}")', "pattern"),
    "typo": ("payment_1h >= 3", "did you mean payments_1h?"),
}
RULE = """  {name}:
    area: TXN
    title: {{zh: 规则, en: Rule}}
    on: payment.attempted
    when: {when}
    verdict: {verdict}
    severity: 3
    on_unknown: {on_unknown}
    reasons: {{agent: {{zh: 因, en: so}}, user: {{zh: 请稍候, en: Please wait}}, auditor: {{zh: 因, en: so}}}}
    owner: test
    expires: 2099-01-01
    source: test
    tests:
      fires: [{fires}, {fires}]
      quiet: [{quiet}, {quiet}]
"""
PAID = "event: {event_type: payment.attempted, amount: 1, currency: %s}"
CNY, USD = PAID % "CNY", PAID % "USD"
ODD = [
    {
        "name": "HALVES",
        "when": "amount_per_piece > 50000",
        "verdict": "review",
        "on_unknown": "open",
        "fires": f"{{{CNY}, given: {{amount_per_piece: 60000}}}}",
        "quiet": f"{{{CNY}, given: {{amount_per_piece: 1}}}}",
    },
    {
        "name": "CLOSED",
        "when": 'payee_id == "m-bad"',
        "verdict": "challenge",
        "on_unknown": "closed",
        "fires": f"{{{CNY}}}",
        "quiet": f"{{{CNY[:-1]}, payee_id: m}}}}",
    },
    {
        "name": "SPENT",
        "when": "spent_1h > CNY(100)",
        "verdict": "hold",
        "on_unknown": "open",
        "fires": f"{{{CNY}, given: {{spent_1h: 10001}}}}",
        "quiet": f"{{{USD}, given: {{spent_1h: 90000}}}}",
    },
]
PER_PIECE = "\n  amount_per_piece: {compute: payments_1h * 60000 / frauds_30d}\n"
MODEL = """{"name": "m", "version": "1", "inputs": ["payments_1h"],
"tables": {"kind": "linear", "weights": [], "means": [], "bias": 0}}"""


def shop_files(condition: str = CONDITION) -> dict[str, str]:
    """Return the shop's policy with another condition in its first rule."""
    files = dict(load_policy(POLICY).files)
    name = next(each for each in files if each.startswith("rules/"))
    assert f"when: {CONDITION}" in files[name]
    return files | {name: files[name].replace(f"when: {CONDITION}", f"when: {json.dumps(condition)}")}


def odd_files() -> dict[str, str]:
    """Return the shop's policy with rules that divide by zero, miss values and name one currency."""
    files = shop_files()
    rules, features = (next(each for each in files if each.startswith(kind)) for kind in ("rules/", "features/"))
    return files | {
        rules: files[rules] + "\n" + "".join(RULE.format(**each) for each in ODD),
        features: files[features] + PER_PIECE,
    }


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", HOSTILE)
def test_the_check_names_file_line_and_column(tmp_path: Path, name: str) -> None:
    condition, said = HOSTILE[name]
    folder = write(tmp_path / "p", shop_files(condition))
    result = CliRunner().invoke(root(), ["policy", "check", str(folder), "-o", "json", "--language", "en"])
    assert result.exit_code == 3, result.output
    problem = json.loads(result.output)["problems"][0]
    file, line, column, *_ = problem.split(":")
    assert (file.startswith("rules/"), int(line) > 1, int(column) >= 11) == (True, True, True)
    assert said in problem


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile") / "data"


@pytest.fixture(scope="module")
def shop(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = write(tmp_path_factory.mktemp("policy"), odd_files())
    with serve_gateway(data, folder) as served:
        yield Shop(served)


def counted(shop: Shop, name: str) -> int:
    lines = shop.get("/metrics", authorization=None).body.decode().splitlines()
    return int(float(next(line for line in lines if line.startswith(name + "{")).rsplit(" ", 1)[1]))


def test_a_wrong_policy_is_not_published(shop: Shop, data: Path) -> None:
    before = shop.decide(payment("hostile-1"))["policy"]
    refused = counted(shop, "anxin_control_rejected_total")
    table = SqliteControl(data / "control.sqlite3")
    control = ControlWriter(table)
    for condition, _ in HOSTILE.values():
        control.append("demo", "policy.publish", {"files": shop_files(condition)}, at=1)
    files = shop_files()
    files |= {"policy.yaml": files["policy.yaml"] + "\nmodel: m\n", "models/m.json": MODEL}
    control.append("demo", "policy.publish", {"files": files}, at=1)
    last = control.append("demo", "policy.publish", {"files": {"policy.yaml": "a: &a [*a]"}}, at=1)
    table.close()
    wait_until(lambda: counted(shop, "anxin_control_seq") >= last)
    assert counted(shop, "anxin_control_rejected_total") == refused + len(HOSTILE) + 2
    assert shop.decide(payment("hostile-1"))["policy"] == before


def test_division_by_zero_and_missing_values_are_unknown_and_told(shop: Shop) -> None:
    decided = shop.decide(payment("odd-1"))
    assert {each["rule"]: each["missing"] for each in decided["unknown"]}["HALVES"] == ["amount_per_piece"]
    assert [each["rule"] for each in decided["reasons"]] == ["CLOSED"]
    assert decided["verdict"] == "challenge"
    answered = shop.decide(payment("odd-2", payee_id="m-1"))
    assert (answered["verdict"], answered["reasons"]) == ("allow", [])


def test_currencies_are_counted_apart_and_never_compared(shop: Shop) -> None:
    amounts = [("CNY", 9000), ("USD", 900_000), ("CNY", 1000), ("USD", 1), ("CNY", 1)]
    answers = [
        shop.decide(payment("odd-3", payee_id="m", amount=amount, currency=currency), "?explain=1")
        for currency, amount in amounts
    ]
    spent = [each["explanation"]["features"]["spent_1h"]["value"] for each in answers]
    assert spent == [9000, 900_000, 10_000, 900_001, 10_001]
    fired = [any(reason["rule"] == "SPENT" for reason in each["reasons"]) for each in answers]
    assert fired == [False, False, False, False, True]
    missing = [{rule["rule"]: rule["missing"] for rule in each.get("unknown", [])}.get("SPENT") for each in answers]
    assert missing == [None, ["currency"], None, ["currency"], None]


def test_a_broken_model_is_told_before_anything_starts(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    shutil.copytree(POLICY, folder)
    with (folder / "policy.yaml").open("a", encoding="utf-8") as file:
        file.write("\nmodel: m\n")
    write(folder, {"models/m.json": MODEL})
    for call in (["policy", "check", str(folder)], ["decide", "--policy", str(folder)]):
        result = CliRunner().invoke(root(), call)
        assert result.exit_code == 3
        assert "models/m.json:1:1: " in result.output


def test_an_order_with_a_word_it_does_not_know_is_refused() -> None:
    entry = {"value": "d1", "until": 1}
    with pytest.raises(ControlRefused, match="until"):
        parse_order("list.put", json.dumps({"list": "bad_devices", "entry": entry}).encode())


def test_a_taken_port_is_told(shop: Shop, tmp_path: Path) -> None:
    port = str(shop.served.port)
    result = CliRunner().invoke(
        root(), ["gateway", "--data", str(tmp_path), "--policy", str(POLICY), "--gateway-port", port]
    )
    assert (result.exit_code, f"cannot listen on 127.0.0.1:{port}" in " ".join(result.output.split())) == (3, True)
