"""Check a picture: take it in, and record the answer once it is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from anxin.checkers.images.header import accept_header
from anxin.checkers.screenshots.check import Screenshot
from anxin.checkers.screenshots.knowledge import knowledge_of
from anxin.checkers.signatures.force import hits_of
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.clock import to_ms
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.checks.actions import PERMISSION, record_check
from anxin.desk.operations.checks.pictures import PictureJob, picture_queue, screenshot_of
from anxin.desk.operations.intelligence.library import library_of


@dataclass(frozen=True)
class PictureAnswer:
    """Where a picture stands: `ahead` are read before it; `screenshot` and its size are there once it was read."""

    job_id: str
    ahead: int
    check_id: str = ""
    screenshot: Screenshot | None = None
    size: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class KeptPicture:
    """A checked picture as it came, its redacted copy, and how many places are painted over on that."""

    data: bytes
    redacted: bytes
    covered: int


def begin_picture_check(*, data: bytes, by: Actor, at: datetime) -> PictureAnswer:
    """Take in a picture; raise Forbidden, PictureUnread."""
    require(by, PERMISSION)
    known = library_of(by.organisation_id, at=at).force
    queue = picture_queue()
    job = queue.submit(data, knowledge_of(known, at=to_ms(at)), owner=_owner(by), at=at)
    return PictureAnswer(job.id, queue.ahead_of(job))


def finish_picture_check(*, job_id: str, by: Actor, at: datetime) -> PictureAnswer:
    """Return where a picture stands, and record its answer once; raise Forbidden, NotFound, PictureUnread."""
    job = _own(job_id, by, at)
    if not job.answer.done():
        return PictureAnswer(job.id, picture_queue().ahead_of(job))
    found = screenshot_of(job)
    if not job.check_id:
        hits = hits_of(found.checked.cues)
        job.check_id = record_check("image", found.checked, job.digest, hits, by=by, at=at).id
    header = accept_header(found.redacted)
    return PictureAnswer(job.id, 0, job.check_id, found, (header.width, header.height))


def redacted_copy(*, job_id: str, by: Actor, at: datetime) -> bytes:
    """Return the picture without personal data and metadata, as PNG; raise Forbidden, NotFound, PictureUnread."""
    return screenshot_of(_own(job_id, by, at)).redacted


def kept_picture(*, job_id: str, by: Actor, at: datetime) -> KeptPicture | None:
    """Return a checked picture while it is in memory, else None; raise Forbidden, NotFound, PictureUnread."""
    job = _own(job_id, by, at)
    if not job.answer.done() or job.data is None:
        return None
    found = screenshot_of(job)
    covered = sum(len(mark.boxes) for mark in found.marks if mark.kind == "personal_data")
    return KeptPicture(job.data, found.redacted, covered)


def _own(job_id: str, by: Actor, at: datetime) -> PictureJob:
    require(by, PERMISSION)
    return picture_queue().find(job_id, owner=_owner(by), at=at)


def _owner(by: Actor) -> tuple[str, str]:
    return by.organisation_id, by.person_id or by.label
