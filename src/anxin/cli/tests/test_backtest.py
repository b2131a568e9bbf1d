"""`anxin backtest` and `anxin train events` as a person calls them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from anxin.cli.main import root
from anxin.history.tests.builders import policy_files, shop_days

HEAD = "id,at,user,card,amount,goods,label\n"
MAPPING = """
name = "shop"
[event]
type = "payment.attempted"
id = {column = "id"}
occurred_at = {column = "at", kind = "time", format = "ms"}
[fields]
actor_id = {column = "user"}
pm_token = {column = "card"}
goods_class = {column = "goods"}
amount = {column = "amount", kind = "money", currency = "EUR"}
currency = {constant = "EUR"}
[label]
column = "label"
fraud = ["True"]
ordinary = ["False"]
[[label.events]]
type = "payment.disputed"
delay = "2d"
carry = ["pm_token", "amount", "currency"]
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for name, text in policy_files().items():
        path = tmp_path / "policy" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "map.toml").write_text(MAPPING, encoding="utf-8")
    rows = []
    for arrival in shop_days(1200):
        e = json.loads(arrival.raw)
        amount, words = e["amount"], (e["event_id"], e["occurred_at"], e["actor_id"], e["pm_token"])
        rows.append(",".join(map(str, (*words, f"{amount / 100:.2f}", e["goods_class"], arrival.label))))
    (tmp_path / "days.csv").write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return tmp_path


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(root(), [str(word) for word in words])
    return result.exit_code, result.output


def common(shop: Path) -> list[object]:
    return ["--policy", shop / "policy", "--events", shop / "days.csv", "--map", shop / "map.toml"]


def test_backtest_prints_figures_and_writes_decisions_and_report(shop: Path) -> None:
    code, output = run("backtest", *common(shop), "--out", shop / "out.jsonl", "--report", shop / "r.html")
    assert code == 0, output
    for word in ("small@1", "1,200", "allow", "TX01", "recall"):
        assert word in output
    lines = (shop / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1200
    assert json.loads(lines[0])["row"] == 1
    assert "</html>" in (shop / "r.html").read_text(encoding="utf-8")


def test_a_trained_model_serves_in_the_policy_that_names_it(shop: Path) -> None:
    fields = ["--field", "amount", "--field", "goods_class"]
    code, output = run("train", "events", *common(shop), "--out", shop / "policy/models/card_risk.json", *fields)
    assert code == 0, output
    assert "card_risk" in (shop / "policy/models/card_risk.md").read_text(encoding="utf-8")
    with (shop / "policy/policy.yaml").open("a", encoding="utf-8") as file:
        file.write("model: card_risk\n")
    code, output = run("backtest", *common(shop), "--out", shop / "out.jsonl")
    assert code == 0, output
    decisions = [json.loads(line) for line in (shop / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {each["model"].partition("@")[0] for each in decisions} == {"card_risk"}
    assert min(each["score"] for each in decisions) < 1
    assert max(each["score"] for each in decisions) > 90


def test_limit_bounds_the_rows(shop: Path) -> None:
    assert "· 10 " in run("backtest", *common(shop), "--limit", 10)[1]


def test_a_file_without_events_is_told(tmp_path: Path) -> None:
    (tmp_path / "none.jsonl").write_text("", encoding="utf-8")
    code, output = run("backtest", "--events", str(tmp_path / "none.jsonl"))
    assert (code, output.splitlines()[1:]) == (0, ["文件中没有事件。There are no events in the file."])


def test_spark_is_not_there_yet(shop: Path) -> None:
    code, output = run("backtest", *common(shop), "--engine", "spark")
    assert code == 2
    assert "not part of this build yet" in output


@pytest.mark.parametrize(
    ("old", "new", "code", "message"),
    [
        ('column = "card"', 'column = "kart"', 2, "days.csv has no column “kart”; it has: id, at"),
        ('kind = "money"', 'kind = "gold"', 2, "没有取值 'gold'"),
        ('"True"', '"true"', 1, "'True' 不是已知的标签"),
    ],
)
def test_wrong_mappings_and_values_say_where(shop: Path, old: str, new: str, code: int, message: str) -> None:
    (shop / "map.toml").write_text(MAPPING.replace(old, new), encoding="utf-8")
    found = run("backtest", *common(shop))
    assert found[0] == code
    assert message in found[1]


def test_one_bad_value_is_counted_and_named_and_the_others_are_decided(shop: Path) -> None:
    lines = (shop / "days.csv").read_text(encoding="utf-8").splitlines()
    for place, old, new in ((2, ",", ",,"), (4, ".", "x"), (6, ".", "x")):
        lines[place] = lines[place].replace(old, new, 1)
    (shop / "days.csv").write_text("\n".join(lines) + "\n\n", encoding="utf-8")
    code, output = run("backtest", *common(shop), "--limit", 20)
    assert code == 1
    assert "· 17 " in output
    assert "被拒绝 refused: 3\n" in output
    assert "行 row 2: 无法读取 days.csv：第 2 行有 8 列，应为 7 列" in output
    assert "行 row 4 (同类共 in all 2): 第 4 行 amount 列：" in output
    code, output = run("backtest", *common(shop), "--max-refused", 1)
    assert code == 1
    assert "被拒绝的超过 1 条，已在第 4 行停止。\n  More than 1 were refused: stopped at row 4." in output


def test_refused_rows_are_counted_and_end_with_1(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_bytes(
        b'{"event_id":"a","event_type":"account.login","occurred_at":1793000000000}\n{}\n'
    )
    code, output = run("backtest", "--events", tmp_path / "events.jsonl")
    assert code == 1
    assert "行 row 2" in output


def test_events_that_a_wrong_time_makes_too_late_are_told_with_the_latest_time(tmp_path: Path) -> None:
    event = {"event_type": "account.login", "actor_id": "u"}
    times = (1_793_000_000_000, 2_900_000_000_000, 1_793_000_001_000)
    lines = [json.dumps({"event_id": f"e{at}", "occurred_at": at, **event}) for at in times]
    (tmp_path / "events.jsonl").write_text("\n".join(lines), encoding="utf-8")
    code, output = run("backtest", "--events", tmp_path / "events.jsonl")
    assert code == 0, output
    told = "过迟而未计数 too late, not counted: 1 · 最晚的事件时间 latest event time: 2061-11-23 19:33 UTC"
    assert told in output


def test_labels_may_stand_in_a_file_of_their_own(tmp_path: Path) -> None:
    event = {"event_type": "account.login", "occurred_at": 1_793_000_000_000, "actor_id": "u"}
    lines = [json.dumps({"event_id": each, **event}) for each in ("a", "b", "c")]
    (tmp_path / "events.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "truth.jsonl").write_text('{"event_id":"a","is_fraud":true}\n{"event_id":"b","is_fraud":false}\n')
    code, output = run("backtest", "--events", tmp_path / "events.jsonl", "--labels", tmp_path / "truth.jsonl")
    assert code == 0, output
    assert "1 (50.00%)" in output


def test_a_model_that_could_not_be_kept_is_refused_before_any_training(shop: Path) -> None:
    (shop / "models").write_text("a file", encoding="utf-8")
    for out in (shop / "models" / "m.json", shop / "models" / "deep" / "m.json", shop / "policy"):
        code, output = run("train", "events", *common(shop), "--out", out)
        assert code == 2
        assert f"✗ --out：{out} 无法写入。\n  --out: {out} cannot be written.\n" in output
    assert (shop / "models").read_text(encoding="utf-8") == "a file"


def test_training_without_a_mapping_needs_the_event_type(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_bytes(b"{}\n")
    code, output = run("train", "events", "--events", tmp_path / "events.jsonl", "--out", tmp_path / "m.json")
    assert code == 2
    assert "--event-type" in output


def test_a_file_that_is_not_there_is_a_wrong_call(tmp_path: Path) -> None:
    code, output = run("backtest", "--events", tmp_path / "none.jsonl")
    assert code == 2
    assert "does not exist" in output


@pytest.mark.parametrize("option", ["--out", "--report"])
def test_a_place_that_cannot_be_written_is_told_before_the_work(tmp_path: Path, option: str) -> None:
    (tmp_path / "events.jsonl").write_bytes(b"{}\n")
    for place in (tmp_path / "none" / "out", tmp_path):
        code, output = run("backtest", "--events", tmp_path / "events.jsonl", option, place)
        assert (code, option in output) == (2, True)
        assert "Backtest" not in output


def test_without_labels_no_rule_is_called_imprecise(tmp_path: Path) -> None:
    event = {"event_type": "message.sent", "occurred_at": 1_793_000_000_000, "actor_id": "u", "contact_score": 99}
    (tmp_path / "events.jsonl").write_text(json.dumps({"event_id": "a", **event}), encoding="utf-8")
    assert "precision" not in run("backtest", "--events", tmp_path / "events.jsonl")[1]


def test_a_table_without_mapping_is_refused_in_both_languages(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    code, output = run("backtest", "--events", tmp_path / "events.csv")
    said = output.replace("\n", "")
    assert code == 2
    assert "没有映射文件时，只能读取事件的 JSON 行" in said
    assert "without a mapping (--map) only event JSON lines can be read" in " ".join(output.split())


def test_labels_without_a_single_label_are_refused(tmp_path: Path) -> None:
    event = {"event_id": "a", "event_type": "message.sent", "occurred_at": 1_793_000_000_000, "actor_id": "u"}
    (tmp_path / "events.jsonl").write_text(json.dumps(event), encoding="utf-8")
    code, output = run("backtest", "--events", tmp_path / "events.jsonl", "--labels", tmp_path / "events.jsonl")
    assert code == 2
    assert "无法读取 events.jsonl：没有一行同时有 event_id 和取值为 true 或 false 的 is_fraud" in output.replace(
        "\n", ""
    )
