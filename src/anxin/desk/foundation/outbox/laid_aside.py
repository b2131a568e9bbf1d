"""What a reader could not react to: laid aside, told by the pulse, and tried again later each time."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from anxin.desk.foundation.edge.duties import rest_after, say_unwell
from anxin.desk.foundation.edge.prepared import Prepared
from anxin.desk.foundation.outbox.models import LaidAside

MOST_AGAIN = 500
LONGEST_REST = timedelta(hours=1)
"""It doubles from a second on, so that what heals is heard at the latest as long after as it was sick."""
_TABLE = LaidAside._meta.db_table
_ANY = Prepared(lambda reader: LaidAside.objects.filter(reader=reader).values_list("pk")[:1])
_STANDING = (
    f"SELECT COUNT(NULLIF(fault, '')), MAX(fault), COUNT(CASE WHEN again_at <= %s THEN 1 END) FROM {_TABLE} "
    "WHERE reader = %s"
)
"""Written out, as several readers ask it many times a second, and nearly always there is nothing."""
Name = tuple[str, str, int]
"""Reader, organisation, and the number of what it could not react to."""


def is_any_laid(reader: str) -> bool:
    """Tell whether anything is laid aside for a reader."""
    return _ANY.is_any(reader)


def lay_aside(name: Name, *, object_id: str, kind: str, fault: Exception, at: datetime) -> None:
    """Lay aside what a reader failed with; nothing changes where it lies there already."""
    reader, organisation_id, seq = name
    values = {
        "object_id": object_id,
        "kind": kind,
        "at": at,
        "again_at": at + rest_after(1, LONGEST_REST),
        "tries": 1,
        "fault": type(fault).__name__[:80],
    }
    LaidAside.objects.get_or_create(reader=reader, organisation_id=organisation_id, seq=seq, defaults=values)


def lay_behind(first: LaidAside, *, seq: int, kind: str, at: datetime) -> None:
    """Lay aside what waits behind an earlier one about the same object: it is tried once that one went well."""
    LaidAside.objects.create(
        reader=first.reader,
        organisation_id=first.organisation_id,
        seq=seq,
        object_id=first.object_id,
        kind=kind,
        at=at,
        again_at=first.again_at,
    )


def find_first(reader: str, organisation_id: str, object_id: str) -> LaidAside | None:
    """Return what of an object was laid aside first, None when nothing was."""
    rows = LaidAside.objects.filter(reader=reader, organisation_id=organisation_id, object_id=object_id)
    return rows.order_by("seq").first()


def list_due(reader: str, *, at: datetime) -> list[LaidAside]:
    """Return what is to be tried again now, in order; the duty's pulse tells of all that is laid aside."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, (connection.ops.adapt_datetimefield_value(at), reader))
        failed, fault, due = cursor.fetchone()
    say_unwell(f"{fault} × {failed}" if failed else "")
    if not due:
        return []
    rows = LaidAside.objects.filter(reader=reader, again_at__lte=at)
    return list(rows.order_by("organisation_id", "seq")[:MOST_AGAIN])


def rest_longer(row: LaidAside, fault: Exception, *, at: datetime, is_in_order: bool) -> None:
    """Note that trying again failed; what waits behind it waits as long."""
    again_at = at + rest_after(row.tries + 1, LONGEST_REST)
    if is_in_order:
        behind = {"reader": row.reader, "organisation_id": row.organisation_id, "object_id": row.object_id}
        LaidAside.objects.filter(**behind, seq__gt=row.seq).update(again_at=again_at)
    kept = {"tries": row.tries + 1, "fault": type(fault).__name__[:80], "again_at": again_at}
    LaidAside.objects.filter(pk=row.pk).update(**kept)


def try_at_once(row: LaidAside, *, at: datetime) -> None:
    """Have one that is laid aside tried at once, and then what waits behind it."""
    LaidAside.objects.filter(pk=row.pk).update(again_at=at)
    behind = {"reader": row.reader, "organisation_id": row.organisation_id, "object_id": row.object_id}
    LaidAside.objects.filter(**behind, fault="").update(again_at=at)
