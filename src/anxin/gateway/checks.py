"""The checks of one gateway: its worker, what was published, the tallies, and the calls that use them."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import msgspec

from anxin.engine.errors import EngineError
from anxin.engine.log.keys import KeyRing
from anxin.engine.log.records import body_digest
from anxin.gateway.aside import Aside
from anxin.gateway.check_answers import CountedCorrection, Proven, PublishedOrder, PublishedSignature
from anxin.gateway.check_calls import CheckRequest, Correction, Kind, PhoneRequest, text_of
from anxin.gateway.check_messages import Answered, CheckPicture, DescribeSignatures, ProveOrder, RunCheck
from anxin.gateway.check_process import CheckProcess
from anxin.gateway.control import ControlTable, ControlUnreachable, ControlWriter
from anxin.gateway.filling import EventChecks
from anxin.gateway.intake import Submission, Waiter
from anxin.gateway.journal import warn
from anxin.gateway.organisation import Organisation
from anxin.gateway.problems import ChecksBusy, ChecksUnavailable, ImageRefused, ImageUnavailable, SignaturesRefused
from anxin.gateway.signature_orders import PUBLISH, SignatureOrders
from anxin.gateway.tallies import TallyFile

_NEEDED = ("ahocorasick_rs", "rjieba", "tldextract")
_NEEDED_FOR_PICTURES = ("rapidocr", "pdqhash", "zxingcpp")
_KEEP_TICKS = 10


def has_extra() -> bool:
    """Return whether the packages of the extra `checks` are installed, without loading them."""
    return _are_installed(_NEEDED)


def _are_installed(names: tuple[str, ...]) -> bool:
    return all(importlib.util.find_spec(name) is not None for name in names)


class Checks:
    """Everything about checks in this process; used on the event loop.

    `seconds` is what an event may wait for its check, `refused` hears every refusal.
    """

    def __init__(
        self,
        organisations: Mapping[str, Organisation],
        ring: KeyRing,
        circles: Path,
        *,
        open_table: Callable[[], ControlTable],
        seconds: float,
        refused: Callable[[EngineError], None],
    ) -> None:
        self._organisations = organisations
        self._open_table = open_table
        self._loop = asyncio.get_running_loop()
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="signatures")
        self._aside = Aside(self._loop, self._executor)
        self._orders = SignatureOrders(
            organisations,
            ring,
            circles,
            open_table=open_table,
            loop=self._loop,
            aside=self._aside,
            refused=self._note_refused,
        )
        self.process = CheckProcess(self._loop, load=self._orders.load)
        self._orders.process = self.process
        self._tallies = {name: TallyFile(each.folders.root) for name, each in organisations.items()}
        self._can_read_pictures = _are_installed(_NEEDED_FOR_PICTURES)
        self._ticks = 0
        for each in organisations.values():
            each.intake.checks = self._event_checks(each, seconds)
            each.intake.refused = refused

    def _event_checks(self, organisation: Organisation, seconds: float) -> EventChecks:
        return EventChecks(
            organisation.name,
            self.process,
            loop=self._loop,
            seconds=seconds,
            counts=organisation.counts,
            met=partial(self._count, organisation),
        )

    def _note_refused(self, name: str) -> None:
        self._organisations[name].counts.control_rejected += 1

    def _count(self, organisation: Organisation, met: tuple[str, ...]) -> None:
        self._tallies[organisation.name].count(met, organisation.clock())
        organisation.counts.signature_hits.update(met)

    def refresh(self, name: str) -> None:
        """Take new orders about signatures into effect."""
        self._orders.refresh(name)

    def check(self, organisation: Organisation, kind: Kind, request: CheckRequest, waiter: Waiter) -> None:
        """Check what somebody pasted; raise a refusal when it cannot be."""
        text, number = text_of(request, kind), self.process.new_number()
        asked = RunCheck(number, organisation.name, kind, text, organisation.clock())
        if isinstance(request, PhoneRequest):
            asked = msgspec.structs.replace(
                asked,
                displayed=request.displayed[:256] if request.displayed is not None else None,
                called=request.called,
                claims_domestic=request.claims_domestic,
            )
        self.process.ask_call(asked, partial(self._answer_check, organisation, kind, waiter))

    def check_picture(self, organisation: Organisation, data: bytes, waiter: Waiter) -> None:
        """Check a picture; raise ImageUnavailable without the extra `vision`."""
        if not self._can_read_pictures:
            raise ImageUnavailable
        asked = CheckPicture(self.process.new_number(), organisation.name, data, organisation.clock())
        self.process.ask_picture(asked, partial(self._answer_check, organisation, "image", waiter))

    def _answer_check(self, organisation: Organisation, kind: str, waiter: Waiter, answer: Answered | None) -> None:
        if answer is None:
            waiter.refuse(ChecksBusy())
            return
        if answer.refusal_en:
            waiter.refuse(ImageRefused(reason=answer.refusal_en, reason_zh=answer.refusal_zh))
            return
        organisation.counts.checks[kind, answer.level] += 1
        self._count(organisation, answer.met)
        waiter.ok(answer.body)

    def describe(self, organisation: Organisation, waiter: Waiter) -> None:
        """Answer what is published, with its tallies."""
        asked = DescribeSignatures(self.process.new_number(), organisation.name, organisation.clock())
        self.process.ask_call(asked, partial(self._answer_description, organisation, waiter))

    def _answer_description(self, organisation: Organisation, waiter: Waiter, answer: Answered | None) -> None:
        if answer is None:
            waiter.refuse(ChecksBusy())
            return
        tallies = self._tallies[organisation.name].tallies
        described = []
        for each in msgspec.json.decode(answer.body, type=list[PublishedSignature]):
            tally = tallies.of(each.id) if each.id in tallies.by_signature else None
            if tally is not None:
                each = msgspec.structs.replace(
                    each,
                    hits=tally.hits,
                    hit_rate=tallies.hit_rate(each.id),
                    false_positives=tally.false_positives,
                    missed=tally.missed,
                    confirmed=tally.confirmed,
                    last_hit_at=tally.last_hit_at or None,
                )
            described.append(each)
        waiter.ok(msgspec.json.encode(described))

    def publish(self, organisation: Organisation, body: bytes, waiter: Waiter) -> None:
        """Prove an order of signatures, write it into the control stream, and answer its place there."""
        asked = ProveOrder(self.process.new_number(), organisation.name, body)
        self.process.ask_call(asked, partial(self._write_order, organisation, waiter))

    def _write_order(self, organisation: Organisation, waiter: Waiter, answer: Answered | None) -> None:
        if answer is None:
            waiter.refuse(ChecksBusy())
        elif answer.refusal_en:
            waiter.refuse(SignaturesRefused(reason=answer.refusal_en, reason_zh=answer.refusal_zh))
        else:
            proven = msgspec.json.decode(answer.body, type=Proven)
            self._aside.submit(partial(self._append, organisation, proven), waiter.ok, waiter.refuse)

    def _append(self, organisation: Organisation, proven: Proven) -> bytes:
        """Write the order into the control stream and return its place there as JSON; raise ChecksBusy."""
        order = msgspec.json.decode(proven.order)
        try:
            table = self._open_table()
            try:
                seq = ControlWriter(table).append(organisation.name, PUBLISH, order, at=organisation.clock())
            finally:
                table.close()
        except ControlUnreachable as problem:
            warn("signatures.unwritten", reason=problem.sentence("en"))
            raise ChecksBusy from problem
        done = PublishedOrder(seq, order["set"], order["version"], proven.added, proven.dropped, proven.kept)
        return msgspec.json.encode(done)

    def correct(self, organisation: Organisation, given: Correction, waiter: Waiter, *, caller: str) -> None:
        """Store a correction as a label event and count it; the answer leaves when it is durable."""
        at = organisation.clock() if given.at is None else given.at
        given = msgspec.structs.replace(given, at=at) if given.reference is None else given
        event = {
            "event_id": given.own_id,
            "event_type": "label.recorded",
            "occurred_at": at,
            "label": given.correction,
            "source": "check.correction",
            "signature": given.signature,
        }
        if given.event_id is not None:
            event["labelled_event_id"] = given.event_id
        body = msgspec.json.encode(event)
        digest = body_digest(msgspec.json.encode(given))
        corrected = _Corrected(self._tallies[organisation.name], given, waiter)
        organisation.intake.take(Submission(body, digest, caller), corrected)

    def tick(self) -> None:
        """Look after the worker, and keep the tallies every few seconds."""
        self.process.tick()
        self._ticks += 1
        if self._ticks % _KEEP_TICKS == 0:
            for each in self._tallies.values():
                each.keep()

    def stop(self) -> None:
        """End the worker and keep the tallies."""
        self.process.stop()
        self._executor.shutdown(wait=True)
        for each in self._tallies.values():
            each.keep()


class _Corrected:
    """Waits for a correction to be durable, and counts it then."""

    def __init__(self, tallies: TallyFile, given: Correction, waiter: Waiter) -> None:
        self._tallies = tallies
        self._given = given
        self._waiter = waiter

    def ok(self, body: bytes) -> None:
        given = self._given
        is_duplicate = b'"duplicate":true' in body
        if not is_duplicate:
            self._tallies.correct(given.signature, given.correction)
        tally = self._tallies.tallies.of(given.signature)
        counted = CountedCorrection(
            given.correction,
            given.signature,
            tally.hits,
            tally.false_positives,
            tally.missed,
            tally.confirmed,
            duplicate=is_duplicate,
        )
        self._waiter.ok(msgspec.json.encode(counted))

    def refuse(self, error: EngineError) -> None:
        self._waiter.refuse(error)


def require_checks(checks: Checks | None) -> Checks:
    """Return the checks; raise ChecksUnavailable where there are none."""
    if checks is None:
        raise ChecksUnavailable
    return checks
