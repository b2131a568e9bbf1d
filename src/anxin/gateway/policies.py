"""Which policy orders made the engine what it is, so that a snapshot can say it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from anxin.engine.control import PublishPolicy, parse_order
from anxin.engine.log.records import ControlRecord

PUBLISH = "policy.publish"


class PolicyOrders:
    """The policy orders in the order they came; live policies before the last two no longer matter and are dropped."""

    def __init__(self, records: Iterable[ControlRecord] = ()) -> None:
        self._records = list(records)

    def add(self, record: ControlRecord) -> None:
        """Remember an applied order."""
        self._records.append(record)
        if _is_live(record):
            live = [each for each in self._records if _is_live(each)]
            for old in live[:-2]:
                self._records.remove(old)

    def records(self) -> list[ControlRecord]:
        """Return what must be applied, in order, to an engine that starts with the first of them."""
        return list(self._records)

    def live_files(self) -> dict[str, str]:
        """Return the files of the live policy, empty when there is none."""
        for record in reversed(self._records):
            if _is_live(record):
                return published(record).files
        return {}


def published(record: ControlRecord) -> PublishPolicy:
    """Return what a `policy.publish` record publishes."""
    order = parse_order(record.kind, record.body)
    assert isinstance(order, PublishPolicy)
    return order


def _is_live(record: ControlRecord) -> bool:
    return record.kind == PUBLISH and published(record).role == "live"


def publish_body(files: dict[str, str]) -> bytes:
    """Return the body of the order that makes `files` the live policy."""
    return msgspec.json.encode({"files": files, "role": "live"})
