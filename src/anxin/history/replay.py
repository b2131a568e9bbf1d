"""Running a backtest into its summary, its decisions file and its report's head."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from anxin import __version__
from anxin.engine.arrival import Arrival
from anxin.engine.backtest import DecidedArrival, RefusedArrival, backtest
from anxin.engine.decide import Engine
from anxin.engine.policy.definition import Policy
from anxin.engine.scoring.choice import IS_COMPILED
from anxin.engine.windows.choice import implementation
from anxin.history.report import ReportHead
from anxin.history.summary import Summary

# Who reads a history sees it open: the keys that hide entities need not be secret; fixed ones make runs comparable.
INDEX_KEY, WINDOWS_KEY = b"anxin history index key, 32 byte", b"anxin history 16"

Write = Callable[[bytes], object]


def history_engine(policy: Policy) -> Engine:
    """Return an engine for going through a history."""
    return Engine([policy], index_key=INDEX_KEY, windows_key=WINDOWS_KEY)


def run_backtest(
    engine: Engine,
    arrivals: Iterable[Arrival],
    *,
    write: Write | None = None,
    most_refused: int | None = None,
) -> Summary:
    """Decide every arrival and return what was found; `write` gets one JSON line per decision.

    It ends behind the refusal that exceeds `most_refused`, and `stopped_at` names its row.
    """
    found = Summary(engine.working.live.program.vector_names)
    for item in backtest(engine, arrivals):
        if isinstance(item, DecidedArrival):
            decided = item.decided
            found.add(item.received, decided.decision, decided.vector, item.arrival.label)
            if write is not None:
                write(_line(item.arrival, decided.answer))
        elif isinstance(item, RefusedArrival):
            found.refuse(item.arrival.row, item.error)
            if most_refused is not None and found.refused > most_refused:
                found.stopped_at = item.arrival.row
                break
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
        titles={rule.id: (rule.title.zh, rule.title.en) for rule in policy.rules},
    )


@contextmanager
def decisions_file(path: Path) -> Iterator[Write]:
    """Open a JSON lines file for decisions, compressed when its name ends in .gz."""
    with path.open("wb") as file:
        if path.suffix != ".gz":
            yield file.write
            return
        with gzip.open(file, "wb", compresslevel=3) as stream:
            yield stream.write


def _line(arrival: Arrival, answer: bytes) -> bytes:
    word = b"null" if arrival.label is None else (b"true" if arrival.label else b"false")
    return b'%b,"row":%d,"is_fraud":%b}\n' % (answer[:-1], arrival.row, word)
