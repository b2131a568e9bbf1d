"""The policies at work, as the orders that put them to work."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from anxin.engine.control import PublishPolicy, Role, parse_order
from anxin.engine.log.records import ControlRecord
from anxin.engine.roster import Roster

PUBLISH = "policy.publish"
WITHDRAW = "policy.withdraw"
ABOUT_POLICIES = (PUBLISH, WITHDRAW)


def roster_orders(roster: Roster) -> list[ControlRecord]:
    """Return the orders that bring an engine to this roster; the first one is a live policy to start it with."""
    lives = [each for each in (roster.previous, roster.live) if each is not None]
    orders = [_order(each.files, "live") for each in lives]
    if roster.canary is not None:
        orders.append(_order(roster.canary.files, "canary", roster.canary_permille))
    return orders + [_order(each.files, "shadow") for each in roster.shadows]


def _order(files: Mapping[str, str], role: Role, share_permille: int = 0) -> ControlRecord:
    body = {"files": dict(files), "role": role, "share_permille": share_permille}
    return ControlRecord(0, 0, PUBLISH, msgspec.json.encode(body))


def publish_body(files: Mapping[str, str]) -> bytes:
    """Return the body of the order that makes `files` the live policy."""
    return _order(files, "live").body


def published(record: ControlRecord) -> PublishPolicy:
    """Return what a `policy.publish` record publishes."""
    order = parse_order(record.kind, record.body)
    assert isinstance(order, PublishPolicy)
    return order
