"""What is measured when the metrics are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from anxin.engine.log.folder import list_segments
from anxin.gateway.control_feed import CONTROL_FAULTS
from anxin.gateway.health import Health
from anxin.gateway.organisation import Organisation
from anxin.gateway.sweeps import UPKEEP_FAILED

Gauge = tuple[str, str, dict[str, str], float]


def measure(organisations: Mapping[str, Organisation], health: Health) -> Iterator[Gauge]:
    """Yield (name, sentence, labels, value) for every gauge."""
    yield "anxin_ready", "1 when events are taken in.", {}, float(health.report().is_ready)
    for word in (*CONTROL_FAULTS, UPKEEP_FAILED):
        yield "anxin_degraded", "1 when this part does not work.", {"part": word}, float(word in health.degraded)
    for name, organisation in organisations.items():
        yield from _measure_one({"organisation": name}, organisation)


def _measure_one(labels: dict[str, str], organisation: Organisation) -> Iterator[Gauge]:
    writer, stats = organisation.writer, organisation.engine.windows.stats()
    size = sum(each.size() for each in list_segments(organisation.folders.log))
    lag = writer.last_seq - writer.durable_seq
    yield "anxin_log_seq", "Last sequence number of the decision log.", labels, float(writer.last_seq)
    yield "anxin_log_lag", "Records that are not yet durable.", labels, float(lag)
    yield "anxin_log_bytes", "Bytes of the decision log on disk.", labels, float(size)
    yield "anxin_log_full", "1 while the disk has no room.", labels, float(writer.is_full)
    yield (
        "anxin_log_commits",
        "Syncs of the decision log since the start.",
        labels,
        float(organisation.committer.commits),
    )
    yield "anxin_waiting", "Answers that wait for the disk.", labels, float(organisation.intake.waiting)
    yield "anxin_control_seq", "Last control record taken in.", labels, float(organisation.state.place.seq)
    yield "anxin_entities", "Entities held in windows.", labels, float(sum(each.entities for each in stats))
    yield "anxin_rows", "Rows held in windows.", labels, float(sum(each.rows for each in stats))
    yield "anxin_evicted", "Entities evicted since the start.", labels, float(sum(each.evicted for each in stats))
    yield "anxin_window_bytes", "Estimated bytes of windows.", labels, float(sum(each.bytes for each in stats))
