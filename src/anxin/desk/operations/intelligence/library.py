"""The signatures of an organisation as the control stream says: read anew whenever something was published."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from datetime import datetime

from anxin.checkers.signatures.book import SignatureBook
from anxin.checkers.signatures.force import InForce, Secrets
from anxin.checkers.signatures.reading import parse_order
from anxin.desk.decisioning.decisions.keys import data_folder, key_ring
from anxin.desk.foundation.control.models import ControlOrder
from anxin.desk.foundation.edge.clock import to_ms
from anxin.desk.foundation.organisations.models import Organisation

_LOG = logging.getLogger(__name__)
PUBLISH = "signatures.publish"
_KEY_PURPOSE, _KEY_BYTES = "signatures", 32


@dataclass(frozen=True)
class Library:
    """All that was published up to an order of the control stream (`seq`, 0: nothing), and what of it is in force."""

    seq: int
    book: SignatureBook
    force: InForce
    secrets: Secrets


_kept: dict[str, Library] = {}
_lock = threading.Lock()


def library_of(organisation_id: str, *, at: datetime) -> Library:
    """Return the library as of the last published order; costs one look at the stream when nothing is new."""
    slug = Organisation.objects.values_list("slug", flat=True).get(pk=organisation_id)
    with _lock:
        kept = _kept.get(slug)
        after = kept.seq if kept is not None else 0
        orders = ControlOrder.objects.filter(organisation=slug, kind=PUBLISH, seq__gte=after)
        numbers = list(orders.order_by("seq").values_list("seq", flat=True))
        # A stream that lacks the order last read is another one, put back from a backup.
        if kept is None or (kept.seq and kept.seq not in numbers):
            secrets = Secrets(phone_key_of(slug), read_circles())
            kept = Library(0, SignatureBook(), SignatureBook().in_force(secrets, at=to_ms(at)), secrets)
        kept = _read_on(kept, slug, at)
        _kept[slug] = kept
        return kept


def _read_on(kept: Library, slug: str, at: datetime) -> Library:
    fresh = ControlOrder.objects.filter(organisation=slug, kind=PUBLISH, seq__gt=kept.seq).order_by("seq")
    book, seq = kept.book, kept.seq
    for number, body in fresh.values_list("seq", "body"):
        book, seq = book.published(parse_order(body.encode()), is_proven=True), number
    moment = to_ms(at)
    if seq == kept.seq and kept.force.holds_at(moment):
        return kept
    return Library(seq, book, book.in_force(kept.secrets, at=moment), kept.secrets)


def phone_key_of(slug: str) -> bytes:
    """Return the key of an organisation's number tokens: the gateway derives the same."""
    return key_ring().derive(slug, _KEY_PURPOSE, _KEY_BYTES)


def read_circles() -> dict[str, bytes]:
    """Return the circles' secrets by name, from `circles/<name>.key` in the data folder; open files are left out."""
    found = {}
    for path in sorted((data_folder() / "circles").glob("*.key")):
        if path.stat().st_mode & 0o077:
            _LOG.warning("%s may be read by others than its owner; set its mode to 600", path.name)
            continue
        found[path.stem] = path.read_bytes().strip()
    return found


def forget_libraries() -> None:
    """Drop what this process has read: between tests, and after a restore."""
    with _lock:
        _kept.clear()
