"""What people type about evidence, parsed before anything is done with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from anxin.checkers.screenshots.page import Box
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.operations.evidence.actions.exporting import PackOrder

MOST_FILES = 20
REASON_LENGTH = 500
_BOX = re.compile(r"\s*(\d{1,5})[,\s]+(\d{1,5})[,\s]+(\d{1,5})[,\s]+(\d{1,5})\s*")
_ID = re.compile(r"[A-Za-z0-9_:.-]{1,128}")


@dataclass(frozen=True)
class Typed:
    """What was typed beside a piece, shown again when it is refused."""

    source: str = "customer"
    claimed: str = ""
    retention: str = ""
    note: str = ""
    text: str = ""
    as_: str = "upload"


def read_typed(given: QueryDict) -> Typed:
    """Return what a form carries."""
    return Typed(
        source=given.get("source", "customer"),
        claimed=given.get("claimed_at", "").strip()[:40],
        retention=given.get("retention", ""),
        note=given.get("note", ""),
        text=given.get("text", ""),
        as_=given.get("as", "upload"),
    )


def parse_claimed(typed: str) -> datetime | None:
    """Return the time somebody says, in the zone of the request when none is given; None when nothing was typed."""
    if not typed:
        return None
    try:
        found = parse_datetime(typed)
    except ValueError:
        found = None
    if found is None:
        raise FieldInvalid(pointer="/claimed_at", field="claimed_at", reason="2026-11-21T19:10")
    return timezone.make_aware(found) if timezone.is_naive(found) else found


def parse_boxes(typed: str) -> tuple[Box, ...]:
    """Return boxes, one a line as left, top, right, bottom in pixels; raise FieldInvalid."""
    return tuple(_box(line) for line in typed.splitlines() if line.strip())


def parse_ids(typed: str) -> tuple[str, ...]:
    """Return ids parted by spaces, commas or lines; raise FieldInvalid."""
    found = tuple(each for each in re.split(r"[\s,，]+", typed) if each)
    if any(not _ID.fullmatch(each) for each in found):
        raise FieldInvalid(pointer="/decisions", field="decisions", reason="event ids")
    return found


def read_order(given: QueryDict) -> PackOrder:
    """Return which pack is wanted."""
    return PackOrder(
        purpose=given.get("purpose", ""),
        recipient=given.get("recipient", ""),
        chosen=tuple(given.getlist("chosen")),
        with_originals="originals" in given,
    )


def read_reason(given: QueryDict) -> str:
    """Return why."""
    return given.get("reason", "").strip()[:REASON_LENGTH]


def parse_number(typed: str) -> int:
    """Return an incident's number; raise FieldInvalid."""
    plain = typed.strip().lstrip("#")
    if not re.fullmatch(r"[0-9]{1,12}", plain):
        raise FieldInvalid(pointer="/number", field="number", reason="1–999999999999")
    return int(plain)


def _box(line: str) -> Box:
    match = _BOX.fullmatch(line)
    box = Box(*(int(each) for each in match.groups())) if match else None
    if box is None or box.width <= 0 or box.height <= 0:
        raise FieldInvalid(pointer="/boxes", field="boxes", reason="left,top,right,bottom")
    return box
