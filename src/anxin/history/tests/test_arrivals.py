from __future__ import annotations

import json
from pathlib import Path

import pytest

from anxin.engine.arrival import Arrival
from anxin.history.arrivals import file_arrivals, mapped_arrivals
from anxin.history.errors import FileUnreadable, MappingInvalid, ValueUnfit
from anxin.history.mapping import parse_mapping

MAPPING = """
name = "small"
missing = ["", "NA"]
[event]
type = "payment.attempted"
id = {column = "id", prefix = "t"}
occurred_at = {column = "t", kind = "time", format = "s", base = "2018-04-01T00:00:00Z"}
[fields]
actor_id = {column = "customer", prefix = "c"}
amount = {column = "amount", kind = "money", currency = "EUR"}
currency = {constant = "EUR"}
since_login_s = {column = "bought", since = "signed", kind = "difference", unit = "s"}
[label]
column = "label"
fraud = ["1"]
ordinary = ["0"]
unlabelled = ["2"]
[[label.events]]
type = "payment.disputed"
delay = "7d"
carry = ["actor_id", "amount", "currency"]
constants = {reason_code = "fraud"}
[part]
column = "split"
"""
HEAD = "id,t,customer,amount,signed,bought,label,split\n"
START = 1_522_540_800_000


def arrivals(tmp_path: Path, rows: str, mapping: str = MAPPING) -> list[Arrival]:
    path = tmp_path / "rows.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    return list(mapped_arrivals(path, parse_mapping(mapping.encode())))


def test_a_row_becomes_an_event_and_its_label_an_event_of_later(tmp_path: Path) -> None:
    (found,) = arrivals(tmp_path, "9,31,596,57.16,2015-01-01 00:00:00,2015-01-01 00:01:30,1,dev\n")
    assert json.loads(found.raw) == {
        "event_id": "t9",
        "event_type": "payment.attempted",
        "occurred_at": START + 31_000,
        "actor_id": "c596",
        "amount": 5716,
        "currency": "EUR",
        "since_login_s": 90,
    }
    assert (found.row, found.label, found.part) == (1, True, "dev")
    (later,) = found.later
    assert later.known_at == START + 31_000 + 7 * 86_400_000
    assert json.loads(later.raw) == {
        "event_id": "t9:payment.disputed",
        "event_type": "payment.disputed",
        "occurred_at": later.known_at,
        "actor_id": "c596",
        "amount": 5716,
        "currency": "EUR",
        "reason_code": "fraud",
    }


def test_missing_values_leave_their_field_out_and_other_labels_have_no_event(tmp_path: Path) -> None:
    rows = "1,0,NA,1,,2015-01-01,0,dev\n2,1,7,1,2015-01-01,,2,held\n"
    found = arrivals(tmp_path, rows)
    assert ["actor_id" in json.loads(each.raw) for each in found] == [False, True]
    assert ["since_login_s" in json.loads(each.raw) for each in found] == [False, False]
    assert [(each.label, each.later, each.part) for each in found] == [(False, (), "dev"), (None, (), "held")]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("1,0,7,x,,,0,dev\n", "Row 1, column amount: 'x' is not an amount"),
        ("1,0,7,1.005,,,0,dev\n", "with at most 2 decimals; round = true in the mapping rounds it"),
        ("1,0,7,1.234,,,0,dev\n", "at most 2 decimals"),
        ("1,0,7,-1,,,0,dev\n", "Row 1, column amount"),
        ("1,0,7,1,,,0,dev\n2,0,7,nan,,,0,dev\n", "Row 2, column amount"),
        ("1,soon,7,1,,,0,dev\n", "Row 1, column t"),
        ("1,0,7,1,yesterday,2015-01-01,0,dev\n", "Row 1, column signed"),
        ("1,0,7,1,,,3,dev\n", "Row 1, column label: '3' is no known label"),
    ],
)
def test_values_that_do_not_fit_name_row_and_column(tmp_path: Path, rows: str, message: str) -> None:
    *_, found = arrivals(tmp_path, rows)
    assert isinstance(found.unfit, ValueUnfit)
    assert message in found.unfit.sentence("en")
    assert found.raw == b""


def test_rows_beside_an_unfit_one_become_events(tmp_path: Path) -> None:
    found = arrivals(tmp_path, "1,0,7,1,,,0,a\n2,0,7,x,,,0,a\n3,0,7\n4,0,7,1,,,0,a\n")
    assert [(each.row, each.unfit and each.unfit.code) for each in found] == [
        (1, None),
        (2, "history.value_unfit"),
        (3, "history.row_unreadable"),
        (4, None),
    ]
    assert found[1].unfit is not None
    assert found[1].unfit.sentence("zh") == "第 2 行 amount 列：'x' 不是金额"


def test_rows_without_a_readable_arrival_time_are_unfit_and_come_first(tmp_path: Path) -> None:
    mapping = MAPPING + '[arrival]\ncolumn = "bought"\n'
    rows = "1,9,7,1,,2015-01-03,0,a\n2,5,7,1,,soon,0,a\n3,7,7,1,,,0,a\n4,7\n5,7,7,1,,2015-01-01,0,a\n"
    found = arrivals(tmp_path, rows, mapping)
    assert [(each.row, each.unfit is None) for each in found] == [
        (2, False),
        (3, False),
        (4, False),
        (5, True),
        (1, True),
    ]


def test_a_mapping_names_the_encoding_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_bytes((HEAD + "1,0,张三,1,,,0,a\n").encode("gbk"))
    mapping = parse_mapping(b'\xef\xbb\xbfencoding = "gb18030"\n' + MAPPING.encode())
    (found,) = mapped_arrivals(tmp_path / "rows.csv", mapping)
    assert json.loads(found.raw)["actor_id"] == "c张三"
    with pytest.raises(MappingInvalid, match="at encoding: klingon is no known encoding"):
        parse_mapping(b'encoding = "klingon"\n' + MAPPING.encode())


@pytest.mark.parametrize(("value", "expected"), [("7", 7), ("7.0", 7), (" -3 ", -3), ("7.5", None), ("seven", None)])
def test_whole_numbers(tmp_path: Path, value: str, expected: int | None) -> None:
    mapping = MAPPING.replace(
        'actor_id = {column = "customer", prefix = "c"}', 'actor_id = {column = "customer", kind = "int"}'
    )
    (found,) = arrivals(tmp_path, f"1,0,{value},1,,,0,a\n", mapping)
    if expected is None:
        assert found.unfit is not None
        assert found.unfit.sentence("zh") == f"第 1 行 customer 列：{value!r} 不是整数"
    else:
        assert json.loads(found.raw)["actor_id"] == expected


def test_arrival_column_orders_the_rows(tmp_path: Path) -> None:
    mapping = MAPPING + '[arrival]\ncolumn = "bought"\n'
    rows = "1,9,7,1,,2015-01-03,0,a\n2,5,7,1,,2015-01-01,0,a\n3,7,7,1,,2015-01-01,0,a\n"
    assert [each.row for each in arrivals(tmp_path, rows, mapping)] == [2, 3, 1]


def test_event_type_by_column(tmp_path: Path) -> None:
    by_label = 'type = {column = "label", values = {"0" = "account.login", "1" = "account.login_failed"}}'
    mapping = MAPPING.replace('type = "payment.attempted"', by_label, 1)
    rows = "1,0,7,1,,,0,a\n2,0,7,1,,,1,a\n"
    found = [json.loads(each.raw)["event_type"] for each in arrivals(tmp_path, rows, mapping)]
    assert found == ["account.login", "account.login_failed"]
    (unknown,) = arrivals(tmp_path, "1,0,7,1,,,2,a\n", mapping)
    assert unknown.unfit is not None
    assert unknown.unfit.sentence("en") == "Row 1, column label: '2' names no event type"


@pytest.mark.parametrize(
    ("form", "value", "expected"),
    [
        ("ms", "1522540800001", 1),
        ("s", "1522540800.5", 500),
        ("iso", "2018-04-01T02:00:00+02:00", 0),
        ("iso", "2018-04-01 00:00:01.250", 1250),
        ("%d/%m/%Y %H:%M", "01/04/2018 00:01", 60_000),
    ],
)
def test_time_formats(tmp_path: Path, form: str, value: str, expected: int) -> None:
    mapping = MAPPING.replace('format = "s", base = "2018-04-01T00:00:00Z"', f'format = "{form}"')
    (found,) = arrivals(tmp_path, f"1,{value},7,1,,,0,a\n", mapping)
    assert json.loads(found.raw)["occurred_at"] == START + expected


def test_zone_of_times_without_one(tmp_path: Path) -> None:
    mapping = MAPPING.replace('format = "s", base = "2018-04-01T00:00:00Z"', 'timezone = "Asia/Shanghai"')
    (found,) = arrivals(tmp_path, "1,2018-04-01 08:00:00,7,1,,,0,a\n", mapping)
    assert json.loads(found.raw)["occurred_at"] == START


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        (', currency = "EUR"}', "}", "fields.amount"),
        ('currency = "EUR"}', 'currency = "EUX"}', "fields.amount"),
        ('column = "customer", ', "", "fields.actor_id"),
        ('kind = "money"', 'kind = "cash"', "fields\\[...\\].kind"),
        ('since = "signed", ', "", "fields.since_login_s"),
        ('delay = "7d"', 'delay = "a week"', "label.events.delay"),
        ('"actor_id", "amount"', '"actor", "amount"', "label.events.carry"),
        ('format = "s", base', 'format = "fortnight", base', "event.occurred_at"),
        ('unlabelled = ["2"]', "unlabeled = 2", "label"),
        ("[fields]", "[fields", "syntax"),
    ],
)
def test_wrong_mappings_name_their_place(tmp_path: Path, old: str, new: str, place: str) -> None:
    assert old in MAPPING
    with pytest.raises(MappingInvalid, match=place):
        arrivals(tmp_path, "", MAPPING.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "zh"),
    [
        ("[fields]", "[felds]", "映射文件 mapping 的 顶层 有误：没有字段 felds"),
        ('kind = "money"', 'kind = "cash"', "映射文件 mapping 的 fields[...].kind 有误：没有取值 'cash'"),
        ("[fields]", "[fields", "映射文件 mapping 的 写法 有误：第 8 行第 8 列不合 TOML 语法"),
    ],
)
def test_wrong_mappings_are_explained_in_chinese(old: str, new: str, zh: str) -> None:
    with pytest.raises(MappingInvalid) as refused:
        parse_mapping(MAPPING.replace(old, new, 1).encode())
    assert refused.value.sentence("zh") == zh


def test_event_json_lines_need_no_mapping(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"event_id":"a"}\n')
    assert list(file_arrivals(path, None)) == [Arrival(b'{"event_id":"a"}', 1)]
    with pytest.raises(FileUnreadable, match="only event JSON lines"):
        file_arrivals(tmp_path / "rows.csv", None)


def test_rows_without_an_id_are_named_by_file_and_row(tmp_path: Path) -> None:
    mapping = MAPPING.replace('id = {column = "id", prefix = "t"}\n', "")
    found = arrivals(tmp_path, "9,0,7,1,,,0,a\n9,0,7,1,,,0,a\n", mapping)
    assert [json.loads(each.raw)["event_id"] for each in found] == ["rows-1", "rows-2"]
