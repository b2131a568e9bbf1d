"""Pictures that wait to be read, one after the other, in memory only; each is forgotten after ten minutes."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from anxin.checkers.images.errors import PictureRefused
from anxin.checkers.images.header import accept_header
from anxin.checkers.screenshots.check import Screenshot
from anxin.checkers.screenshots.knowledge import Knowledge
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.operations.checks.errors import picture_unread
from anxin.vision.errors import WorkerRefused
from anxin.vision.worker import ScreenshotWorker

KEPT_FOR = timedelta(minutes=10)
MOST_WAITING, MOST_KEPT = 16, 40
MOST_KEPT_BYTES = 64 << 20
"""Of pictures as they came, beside the one being taken in."""


@dataclass
class PictureJob:
    """One picture of one person; `check_id` is set when it was recorded.

    `data` stays in memory as long as the job, or until newer pictures need the room (then None).
    """

    id: str
    owner: tuple[str, str]
    at: datetime
    digest: str
    answer: Future[Screenshot]
    data: bytes | None
    check_id: str = ""


class PictureQueue:
    """The pictures of this process; the reading process starts at the first one."""

    def __init__(self, worker: ScreenshotWorker | None = None) -> None:
        self._worker = worker or ScreenshotWorker()
        self._threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="checks.pictures")
        self._jobs: OrderedDict[str, PictureJob] = OrderedDict()
        self._lock = threading.Lock()

    def submit(self, data: bytes, knowledge: Knowledge, *, owner: tuple[str, str], at: datetime) -> PictureJob:
        """Take in a picture and return its job; raise PictureUnread when it is refused at sight, or too many wait."""
        try:
            accept_header(data)
        except PictureRefused as refused:
            raise picture_unread(refused) from None
        with self._lock:
            self._forget(at)
            if sum(not each.answer.done() for each in self._jobs.values()) >= MOST_WAITING:
                raise picture_unread(WorkerRefused("backlog_full"))
            answer = self._threads.submit(self._worker.check, data, knowledge=knowledge)
            job = PictureJob(secrets.token_hex(12), owner, at, hashlib.sha256(data).hexdigest(), answer, data)
            self._jobs[job.id] = job
        return job

    @property
    def reader(self) -> ScreenshotWorker:
        """The reading process, for others that have pictures read: one is enough for a desk."""
        return self._worker

    def find(self, job_id: str, *, owner: tuple[str, str], at: datetime) -> PictureJob:
        """Return a person's own job; raise NotFound when it is another's, or forgotten."""
        with self._lock:
            self._forget(at)
            job = self._jobs.get(job_id)
        if job is None or job.owner != owner:
            raise NotFound
        return job

    def ahead_of(self, job: PictureJob) -> int:
        """Return how many pictures are read before this one."""
        with self._lock:
            names = list(self._jobs)
            before = names[: names.index(job.id)] if job.id in self._jobs else []
            return sum(not self._jobs[name].answer.done() for name in before)

    def _forget(self, at: datetime) -> None:
        for name in [name for name, job in self._jobs.items() if job.answer.done() and at - job.at > KEPT_FOR]:
            del self._jobs[name]
        while len(self._jobs) > MOST_KEPT:
            self._jobs.popitem(last=False)
        kept = 0
        for job in reversed(self._jobs.values()):
            kept += len(job.data or b"")
            if kept > MOST_KEPT_BYTES:
                job.data = None


_queue: PictureQueue | None = None
_making = threading.Lock()


def picture_queue() -> PictureQueue:
    """Return this process's queue, made when first asked for."""
    global _queue
    with _making:
        if _queue is None:
            _queue = PictureQueue()
        return _queue


def shared_reader() -> ScreenshotWorker:
    """Return this process's reader of pictures."""
    return picture_queue().reader


def screenshot_of(job: PictureJob) -> Screenshot:
    """Return what was read from a finished picture; raise PictureUnread with the reason why there is none."""
    try:
        return job.answer.result(timeout=0)
    except (PictureRefused, WorkerRefused) as refused:
        raise picture_unread(refused) from None
