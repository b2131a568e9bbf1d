"""Running a backtest into its summary, its decisions file and its report's head."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from anxin import __version__
from anxin.engine.arrival import Arrival
from anxin.engine.backtest import DecidedArrival, RefusedArrival, backtest
from anxin.engine.decide import Engine
from anxin.engine.errors import EngineError
from anxin.engine.policy.definition import Policy
from anxin.engine.scoring.choice import IS_COMPILED
from anxin.engine.windows.choice import implementation
from anxin.history.files import read_columns
from anxin.history.report import ReportHead
from anxin.history.summary import Summary

# Who reads a history sees it open: the keys that hide entities need not be secret; fixed ones make runs comparable.
INDEX_KEY, WINDOWS_KEY = b"anxin history index key, 32 byte", b"anxin history 16"
WORDS_OF_TRUTH = {"1": True, "0": False, "true": True, "false": False}

Write = Callable[[bytes], object]


def history_engine(policy: Policy) -> Engine:
    """Return an engine for going through a history."""
    return Engine([policy], index_key=INDEX_KEY, windows_key=WINDOWS_KEY)


def run_backtest(
    engine: Engine,
    arrivals: Iterable[Arrival],
    *,
    summary: Summary | None = None,
    labels: Mapping[str, bool] | None = None,
    write: Write | None = None,
) -> Summary:
    """Decide every arrival and return what was found.

    `labels` adds labels by event id where the arrival has none. `write` gets one JSON line per decision.
    """
    found = summary or Summary(engine.working.live.program.vector_names)
    known = labels or {}
    for item in backtest(engine, arrivals):
        if isinstance(item, DecidedArrival):
            arrival, received, decided = item
            label = known.get(received.event_id) if arrival.label is None else arrival.label
            found.add(received, decided.decision, decided.vector, label)
            if write is not None:
                write(_line(arrival.row, label, decided.answer))
        elif isinstance(item, RefusedArrival):
            found.refuse(f"{item.arrival.row}: {item.error.sentence('en')}")
        else:
            found.duplicates += 1
    return found


def report_head(engine: Engine, *, source: str, mapping: str | None, made_at: int) -> ReportHead:
    """Return the head of the report on a run of `engine`; `made_at` is ms UTC."""
    policy, judge = engine.working.live.program.policy, engine.working.live
    versions = {
        "anxin": __version__,
        "policy sha256": policy.fingerprint[:16],
        "windows": implementation(),
        "scoring": "kernel" if IS_COMPILED else "reference",
    }
    if mapping is not None:
        versions["mapping"] = mapping
    levels = tuple((verdict.word, least) for verdict, least in policy.settings.score_levels)
    return ReportHead(
        policy=policy.label,
        model=None if judge.model is None else judge.model.title,
        source=source,
        made_at=made_at,
        versions=versions,
        thresholds=levels,
    )


def read_labels(path: Path) -> dict[str, bool]:
    """Return the labels by event id of a file with the columns `event_id` and `is_fraud`; others are left out."""
    rows = read_columns(path, ["event_id", "is_fraud"])
    words = ((str(event_id), _truth(is_fraud)) for event_id, is_fraud in rows)
    return {event_id: truth for event_id, truth in words if truth is not None}


@contextmanager
def decisions_file(path: Path) -> Iterator[Write]:
    """Open a JSON lines file for decisions, compressed when its name ends in .gz."""
    with path.open("wb") as file:
        if path.suffix != ".gz":
            yield file.write
            return
        with gzip.open(file, "wb", compresslevel=3) as stream:
            yield stream.write


def sentences(problem: EngineError) -> tuple[str, str]:
    """Return a refusal's sentence in Chinese and English."""
    return problem.sentence("zh"), problem.sentence("en")


def _truth(value: object) -> bool | None:
    return WORDS_OF_TRUTH.get(str(value).lower())


def _line(row: int, label: bool | None, answer: bytes) -> bytes:
    word = b"null" if label is None else (b"true" if label else b"false")
    return b'%b,"row":%d,"is_fraud":%b}\n' % (answer[:-1], row, word)
