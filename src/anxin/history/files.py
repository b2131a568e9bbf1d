"""Streaming readers of history files: CSV, JSON lines (both also gzip-compressed) and Parquet."""

from __future__ import annotations

import csv
import gzip
import io
import operator
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO

import msgspec

from anxin.history.errors import FileUnreadable, MappingInvalid
from anxin.history.extras import load_extra

KINDS = {".csv": "csv", ".jsonl": "json lines", ".ndjson": "json lines", ".json": "json lines", ".parquet": "parquet"}
PARQUET_BATCH_ROWS = 16_384

Values = Sequence[object]
_lines = msgspec.json.Decoder(dict[str, object])


def kind_of(path: Path) -> str:
    """Return "csv", "json lines" or "parquet" by the name's suffix; raise FileUnreadable for another."""
    suffixes = path.suffixes[-2:] if path.suffix == ".gz" else path.suffixes[-1:]
    kind = KINDS.get(suffixes[0].lower()) if suffixes else None
    if kind is None or (kind == "parquet" and path.suffix == ".gz"):
        known = " ".join([*KINDS, "(.gz)"])
        raise FileUnreadable(file=path.name, reason=f"its name must end in one of {known}")
    return kind


def column_names(path: Path) -> tuple[str, ...]:
    """Return the columns of a CSV or Parquet file, or the keys of the first JSON line."""
    kind = kind_of(path)
    with _refusing(path):
        if kind == "parquet":
            return tuple(load_extra("pyarrow.parquet", extra="history").read_schema(path).names)
        with open_bytes(path) as stream:
            if kind == "csv":
                return tuple(next(csv.reader(io.TextIOWrapper(stream, "utf-8-sig", newline="")), ()))
            return tuple(_lines.decode(next(iter(stream), b"{}")))


def read_columns(
    path: Path, columns: Sequence[str], *, on_bytes: Callable[[int], object] | None = None
) -> Iterator[Values]:
    """Yield the values of `columns` row by row, in file order; a JSON line without a key gives None.

    CSV values are text. `on_bytes` hears how far into the file the reader is. Raises MappingInvalid for an unknown column,
    FileUnreadable for damage.
    """
    kind = kind_of(path)
    known = column_names(path)
    if kind != "json lines":
        for column in columns:
            if column not in known:
                raise MappingInvalid(
                    file=path.name, place=column, reason=f"there is no such column; {', '.join(known)}"
                )
    if kind == "parquet":
        yield from _parquet_rows(path, columns, on_bytes)
        return
    with _refusing(path), open_bytes(path, on_bytes=on_bytes) as stream:
        if kind == "csv":
            yield from _csv_rows(path, stream, [known.index(each) for each in columns])
        else:
            yield from (tuple(map(_line(path, number, raw).get, columns)) for number, raw in _numbered(stream))


def read_lines(path: Path, *, on_bytes: Callable[[int], object] | None = None) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a JSON lines file with their numbers, blank ones left out."""
    with _refusing(path), open_bytes(path, on_bytes=on_bytes) as stream:
        yield from _numbered(stream)


def open_bytes(path: Path, *, on_bytes: Callable[[int], object] | None = None) -> IO[bytes]:
    """Open a file for reading, decompressed when its name ends in .gz."""
    with _refusing(path):
        plain = path.open("rb")
    source: IO[bytes] = _Watched(plain, on_bytes) if on_bytes is not None else plain  # type: ignore[assignment]  # read-only
    return gzip.open(source, "rb") if path.suffix == ".gz" else io.BufferedReader(source, 1 << 16)  # type: ignore[arg-type, return-value, type-var]  # gzip and BufferedReader read bytes


class _Watched(io.RawIOBase):
    """A raw file that tells how far it was read."""

    def __init__(self, source: IO[bytes], on_bytes: Callable[[int], object]) -> None:
        self._source = source
        self._on_bytes = on_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        size: int = self._source.readinto(buffer)  # type: ignore[attr-defined]  # a buffered file has it
        self._on_bytes(self._source.tell())
        return size

    def close(self) -> None:
        self._source.close()
        super().close()


class _refusing:
    """Turn the faults of reading a file into FileUnreadable."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, problem: BaseException | None, trace: object) -> None:
        if isinstance(problem, OSError | EOFError | UnicodeDecodeError | csv.Error | zlib.error | msgspec.DecodeError):
            reason = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
            raise FileUnreadable(file=self._path.name, reason=reason) from problem


def _csv_rows(path: Path, stream: IO[bytes], places: list[int]) -> Iterator[Values]:
    reader = csv.reader(io.TextIOWrapper(stream, "utf-8-sig", newline=""))
    next(reader, None)
    if not places:
        yield from (() for _ in reader)
        return
    pick = operator.itemgetter(*places) if len(places) > 1 else lambda row: (row[places[0]],)
    for number, row in enumerate(reader, start=1):
        try:
            yield pick(row)
        except IndexError:
            if not row:
                continue
            raise FileUnreadable(file=path.name, reason=f"row {number} has only {len(row)} columns") from None


def _parquet_rows(path: Path, columns: Sequence[str], on_bytes: Callable[[int], object] | None) -> Iterator[Values]:
    with _refusing(path):
        file = load_extra("pyarrow.parquet", extra="history").ParquetFile(path)
    size, total, done = path.stat().st_size, max(1, file.metadata.num_rows), 0
    with file:
        for batch in file.iter_batches(batch_size=PARQUET_BATCH_ROWS, columns=list(columns)):
            parts = [batch.column(name).to_pylist() for name in columns]
            yield from zip(*parts, strict=True) if parts else (() for _ in range(batch.num_rows))
            done += batch.num_rows
            if on_bytes is not None:
                on_bytes(size * done // total)


def _numbered(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    for number, raw in enumerate(stream, start=1):
        line = raw.strip()
        if line:
            yield number, line


def _line(path: Path, number: int, raw: bytes) -> dict[str, object]:
    try:
        return _lines.decode(raw)
    except msgspec.DecodeError as problem:
        raise FileUnreadable(file=path.name, reason=f"line {number}: {problem}") from problem
