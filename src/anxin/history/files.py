"""Streaming readers of history files: CSV, JSON lines (both also gzip-compressed) and Parquet."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import operator
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import msgspec

from anxin.engine.schema.refusals import words_of
from anxin.history.errors import ColumnMissing, FileUnreadable, RowUnreadable, reason_zh_of
from anxin.history.extras import load_extra

KINDS = {".csv": "csv", ".jsonl": "json lines", ".ndjson": "json lines", ".json": "json lines", ".parquet": "parquet"}
PARQUET_BATCH_ROWS = 16_384
ROWS_BETWEEN_REPORTS = 2_048

UTF_8 = "utf-8"
Values = Sequence[object]
OnBytes = Callable[[int], object]
_lines = msgspec.json.Decoder(dict[str, object])


def kind_of(path: Path) -> str:
    """Return "csv", "json lines" or "parquet" by the name's suffix; raise FileUnreadable for another."""
    suffixes = path.suffixes[-2:] if path.suffix == ".gz" else path.suffixes[-1:]
    kind = KINDS.get(suffixes[0].lower()) if suffixes else None
    if kind is None or (kind == "parquet" and path.suffix == ".gz"):
        known = " ".join([*KINDS, "(.gz)"])
        raise FileUnreadable(
            file=path.name, reason=f"its name must end in one of {known}", reason_zh=f"文件名须以下列之一结尾：{known}"
        )
    return kind


def column_names(path: Path, *, encoding: str = UTF_8) -> tuple[str, ...]:
    """Return the columns of a CSV or Parquet file, or the keys of the first JSON line; `encoding` is that of CSV."""
    kind = kind_of(path)
    if kind == "parquet":
        with _readable(path), _whole_parquet(path):
            return tuple(load_extra("pyarrow.parquet", extra="history").read_schema(path).names)
    with _opened(path) as (stream, _):
        if kind == "csv":
            with _text(stream, encoding) as text:
                return tuple(next(csv.reader(text), ()))
        return tuple(_line(path, 1, next(iter(stream), b"{}")))


def read_columns(path: Path, columns: Sequence[str]) -> Iterator[Values]:
    """Yield the values of `columns` as `read_rows` does; raise RowUnreadable at the first row that cannot be read."""
    for row in read_rows(path, columns):
        if isinstance(row, RowUnreadable):
            raise row
        yield row


def read_rows(
    path: Path, columns: Sequence[str], *, encoding: str = UTF_8, on_bytes: OnBytes | None = None
) -> Iterator[Values | RowUnreadable]:
    """Yield the values of `columns` row by row, in file order; a JSON line without a key gives None.

    CSV values are text in `encoding`, blank lines are no rows. A row that cannot be read comes as its refusal.
    `on_bytes` hears now and then how far into the file the reader is. Raises ColumnMissing, or FileUnreadable.
    """
    kind = kind_of(path)
    if kind == "json lines":
        yield from _json_rows(path, columns, on_bytes)
        return
    known = column_names(path, encoding=encoding)
    if not known:
        raise FileUnreadable(file=path.name, reason="it is empty", reason_zh="文件是空的")
    for column in columns:
        if column not in known:
            raise ColumnMissing(file=path.name, column=column, known=", ".join(known))
        if known.count(column) > 1:
            raise FileUnreadable(
                file=path.name, reason=f"column {column} stands twice", reason_zh=f"“{column}”列出现了两次"
            )
    if kind == "parquet":
        yield from _parquet_rows(path, columns, on_bytes)
    else:
        yield from _csv_rows(path, [known.index(each) for each in columns], len(known), encoding, on_bytes)


def read_lines(path: Path, *, on_bytes: OnBytes | None = None) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a JSON lines file with their numbers, blank ones left out."""
    with _opened(path) as (stream, file):
        for number, raw in enumerate(stream, start=1):
            if on_bytes is not None and number % ROWS_BETWEEN_REPORTS == 0:
                on_bytes(file.tell())
            line = raw.strip() if number > 1 else raw.removeprefix(codecs.BOM_UTF8).strip()
            if line:
                yield number, line


@contextmanager
def _opened(path: Path) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """Give the decompressed stream and the file under it."""
    with _readable(path), path.open("rb") as file:
        if path.suffix != ".gz":
            yield file, file
            return
        with gzip.open(file, "rb") as stream:
            yield io.BufferedReader(stream, 1 << 18), file


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turn the faults of reading a file into FileUnreadable."""
    try:
        yield
    except gzip.BadGzipFile as problem:
        raise FileUnreadable(file=path.name, reason="it is no gzip file", reason_zh="不是 gzip 压缩文件") from problem
    except OSError as problem:
        raise FileUnreadable(
            file=path.name, reason=problem.strerror or str(problem), reason_zh=reason_zh_of(problem)
        ) from problem
    except UnicodeDecodeError as problem:
        raise FileUnreadable(
            file=path.name,
            reason=f"it is not text in {problem.encoding}; if it comes from a spreadsheet in Chinese, "
            'write encoding = "gb18030" in the mapping, or save it as UTF-8',
            reason_zh=f"不是 {problem.encoding} 编码的文本；若为 GBK，请在映射文件中写 encoding = "
            '"gb18030"，或另存为 UTF-8',
        ) from problem
    except (EOFError, zlib.error) as problem:
        raise FileUnreadable(
            file=path.name, reason=f"it is cut or damaged ({problem})", reason_zh=f"文件不完整或已损坏（{problem}）"
        ) from problem
    except csv.Error as problem:
        raise FileUnreadable(file=path.name, reason=str(problem), reason_zh=f"不是有效的 CSV（{problem}）") from problem


@contextmanager
def _whole_parquet(path: Path) -> Iterator[None]:
    """Turn what the reader of Parquet says of harmed bytes, in two families of errors, into FileUnreadable."""
    try:
        yield
    except (OSError, ValueError) as problem:
        if isinstance(problem, OSError) and problem.errno:
            raise
        raise FileUnreadable(
            file=path.name, reason="it is no whole Parquet file", reason_zh="不是完整的 Parquet 文件"
        ) from problem


def _text(stream: IO[bytes], encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(stream, "utf-8-sig" if encoding == UTF_8 else encoding, newline="")


def _csv_rows(
    path: Path, places: list[int], width: int, encoding: str, on_bytes: OnBytes | None
) -> Iterator[Values | RowUnreadable]:
    pick = operator.itemgetter(*places) if len(places) > 1 else lambda row: tuple(row[place] for place in places)
    with _opened(path) as (stream, file), _text(stream, encoding) as text:
        reader = csv.reader(text)
        next(reader, None)
        for number, row in enumerate(_records(reader), start=1):
            if on_bytes is not None and number % ROWS_BETWEEN_REPORTS == 0:
                on_bytes(file.tell())
            if isinstance(row, csv.Error):
                zh, en = f"第 {number} 行不是有效的 CSV（{row}）", f"row {number}: {row}"
                yield RowUnreadable(file=path.name, reason=en, reason_zh=zh)
            elif len(row) == width or (len(row) > width and not any(row[width:])):
                yield pick(row)
            else:
                yield RowUnreadable(
                    file=path.name,
                    reason=f"row {number} has {len(row)} columns instead of {width}",
                    reason_zh=f"第 {number} 行有 {len(row)} 列，应为 {width} 列",
                )


def _records(reader: Iterator[list[str]]) -> Iterator[list[str] | csv.Error]:
    """Yield the records of a CSV file but the empty ones; for one that cannot be read its error, and then the next."""
    while True:
        try:
            yield from filter(None, reader)
        except csv.Error as problem:
            yield problem
        else:
            return


def _json_rows(path: Path, columns: Sequence[str], on_bytes: OnBytes | None) -> Iterator[Values | RowUnreadable]:
    for number, raw in read_lines(path, on_bytes=on_bytes):
        try:
            line = _line(path, number, raw)
        except RowUnreadable as problem:
            yield problem
        else:
            yield tuple(map(line.get, columns))


def _parquet_rows(path: Path, columns: Sequence[str], on_bytes: OnBytes | None) -> Iterator[Values]:
    with _readable(path), _whole_parquet(path):
        file = load_extra("pyarrow.parquet", extra="history").ParquetFile(path)
    size, total, done = path.stat().st_size, max(1, file.metadata.num_rows), 0
    with _readable(path), _whole_parquet(path), file:
        for batch in file.iter_batches(batch_size=PARQUET_BATCH_ROWS, columns=list(columns)):
            parts = [batch.column(name).to_pylist() for name in columns]
            yield from zip(*parts, strict=True) if parts else (() for _ in range(batch.num_rows))
            done += batch.num_rows
            if on_bytes is not None:
                on_bytes(size * done // total)


def _line(path: Path, number: int, raw: bytes) -> dict[str, object]:
    try:
        return _lines.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        zh, en = words_of(problem)
        raise RowUnreadable(
            file=path.name, reason=f"line {number}: {en}", reason_zh=f"第 {number} 行：{zh}"
        ) from problem
