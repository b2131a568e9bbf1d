from __future__ import annotations

import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anxin.history.errors import ColumnMissing, FileUnreadable, RowUnreadable
from anxin.history.files import column_names, read_columns, read_lines, read_rows

CSV = '\ufeffid,amount,who\n1,2.50,a\n2,,"b,c"\n'.encode()
JSON = b'{"id":1,"amount":2.5,"who":"a"}\n\n{"id":2,"who":"b,c"}\n'


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz"])
def test_csv_gives_the_chosen_columns_as_text(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, name, CSV)
    assert column_names(path) == ("id", "amount", "who")
    assert list(read_columns(path, ["who", "id"])) == [("a", "1"), ("b,c", "2")]
    assert list(read_columns(path, ["amount"])) == [("2.50",), ("",)]


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.ndjson"])
def test_json_lines_give_values_and_none(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, name, JSON)
    assert list(read_columns(path, ["amount", "who"])) == [(2.5, "a"), (None, "b,c")]
    assert [number for number, _ in read_lines(path)] == [1, 3]


def test_parquet_gives_values_and_reports_progress(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"id": [1, 2], "who": ["a", None]}), path)
    heard: list[int] = []
    assert list(read_rows(path, ["who", "id"], on_bytes=heard.append)) == [("a", 1), (None, 2)]
    assert heard == [path.stat().st_size]


def test_progress_is_told_in_bytes_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "a.jsonl.gz", b'{"a":1}\n' * 5000)
    heard: list[int] = []
    assert sum(1 for _ in read_lines(path, on_bytes=heard.append)) == 5000
    assert len(heard) == 2
    assert 0 < max(heard) <= path.stat().st_size


@pytest.mark.parametrize(
    ("name", "content", "column", "reason"),
    [
        ("a.csv", b"id,who\n1\n", "who", "row 1 has 1 columns instead of 2"),
        ("a.jsonl", b'{"id":1}\n{"id":\n', "id", "line 2"),
        ("a.jsonl", b"[1]\n", "id", "line 1"),
        ("a.csv", b"id,who\n1,2,3\n", "who", "row 1 has 3 columns instead of 2"),
        ("a.csv", "id\n张三\n".encode("gbk"), "id", 'not text in utf-8; .* encoding = "gb18030"'),
        ("a.csv", b"", "id", "it is empty"),
        ("a.xls", b"", "id", "must end in"),
        ("a.csv", b"id,who,id\n1,a,2\n", "id", "column id stands twice"),
        ("a.parquet", b"PAR1nothingPAR1", "id", "it is no whole Parquet file"),
    ],
)
def test_damage_is_refused_with_its_place(tmp_path: Path, name: str, content: bytes, column: str, reason: str) -> None:
    with pytest.raises(FileUnreadable, match=reason):
        list(read_columns(written(tmp_path, name, content), [column]))


def test_cut_gzip_and_absent_file_are_refused(tmp_path: Path) -> None:
    cut = tmp_path / "a.csv.gz"
    cut.write_bytes(gzip.compress(CSV * 50)[:-20])
    for path in (cut, tmp_path / "none.csv"):
        with pytest.raises(FileUnreadable, match=path.name):
            list(read_columns(path, ["id"]))


def test_a_parquet_file_with_harmed_pages_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"id": list(range(5_000))}), path)
    content = path.read_bytes()
    path.write_bytes(content[:4] + b"\xff" * 200 + content[204:])
    with pytest.raises(FileUnreadable, match=r"a\.parquet cannot be read: it is no whole Parquet file"):
        list(read_rows(path, ["id"]))


def test_what_only_calls_itself_compressed_is_refused_in_both_languages(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(CSV)
    with pytest.raises(FileUnreadable) as refused:
        list(read_rows(path, ["id"]))
    assert refused.value.sentence("zh") == "无法读取 a.csv.gz：不是 gzip 压缩文件"
    assert refused.value.sentence("en") == "a.csv.gz cannot be read: it is no gzip file"


def test_unknown_column_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ColumnMissing, match=r"^a\.csv has no column “price”; it has: id, amount, who$"):
        list(read_columns(written(tmp_path, "a.csv", CSV), ["price"]))


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.csv", b"id,who\n1,a\n2\n3,b,c\n4,d,\n\n", [("1",), "row 2 has 1 columns instead of 2", "row 3", ("4",)]),
        ("a.csv", b"id,who\n1,a\n2," + b"x" * 140_000 + b"\n3,c\n", [("1",), "row 2: field larger", ("3",)]),
        ("a.jsonl", b'{"id":1}\nnope\n{"id":3}\n', [(1,), "line 2", (3,)]),
        ("a.jsonl", b'{"id":1}\n{"id":"\xff"}\n{"id":3}\n', [(1,), "line 2: it is not UTF-8 text", (3,)]),
        (
            "a.jsonl",
            b'{"id":1}\n{"id":' + b"[" * 20_000 + b'}\n{"id":3}\n',
            [(1,), "line 2: it is nested too deep", (3,)],
        ),
    ],
)
def test_a_row_that_cannot_be_read_comes_as_its_refusal(
    tmp_path: Path, name: str, content: bytes, expected: list[tuple[object, ...] | str]
) -> None:
    found = list(read_rows(written(tmp_path, name, content), ["id"]))
    assert len(found) == len(expected)
    for row, awaited in zip(found, expected, strict=True):
        if isinstance(awaited, str):
            assert isinstance(row, RowUnreadable)
            assert awaited in row.sentence("en")
        else:
            assert row == awaited


def test_csv_of_a_chinese_spreadsheet_is_read_in_its_encoding(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "编号,姓名\n1,张三\n".encode("gbk"))
    assert list(read_rows(path, ["姓名"], encoding="gb18030")) == [("张三",)]


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    assert list(read_lines(written(tmp_path, "a.jsonl", b'\xef\xbb\xbf{"a":1}\n'))) == [(1, b'{"a":1}')]
