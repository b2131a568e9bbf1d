"""The check worker: a process beside the gateway that checks one text after the other.

It holds no state of its own: what was published is told to it again after each start.
"""

from __future__ import annotations

import queue
import socket
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from anxin.checkers.events.fields import MET
from anxin.checkers.events.fill import fill_event
from anxin.checkers.images.errors import PictureRefused
from anxin.checkers.links.check import check_link, check_links
from anxin.checkers.links.find import FoundLink
from anxin.checkers.result import SUSPICIOUS, Checked, Cue, Words
from anxin.checkers.screenshots.knowledge import Knowledge
from anxin.checkers.signatures.book import SignatureBook
from anxin.checkers.signatures.checking import check_link_with, check_phone_with, check_text_with
from anxin.checkers.signatures.errors import SignatureRefused
from anxin.checkers.signatures.feeds import review_order
from anxin.checkers.signatures.force import COMPARED, InForce, Secrets, hits_of
from anxin.checkers.signatures.reading import parse_order
from anxin.checkers.signatures.signature import kind_of, size_of
from anxin.checkers.texts.campaigns import Campaigns
from anxin.gateway.check_answers import CheckedLink, Proven, PublishedSignature, answer_of
from anxin.gateway.check_messages import (
    LENGTH,
    READY,
    Answered,
    Asked,
    CheckPicture,
    DescribeSignatures,
    FillFields,
    KeepSecrets,
    ProveOrder,
    RunCheck,
    TakeOrder,
    frame,
)
from anxin.gateway.journal import start_journal
from anxin.vision.errors import WorkerRefused
from anxin.vision.worker import ScreenshotWorker

# Campaigns remembered an organisation, about 3 KB each; they begin anew with the worker.
_MOST_CAMPAIGNS = 5_000
_FAULTS_OF_THE_PICTURE = ("too_slow", "died", "out_of_memory")


class Library:
    """The signatures of one organisation: its book, and what of it is in force."""

    def __init__(self) -> None:
        self.secrets = Secrets(bytes(32))
        self.book = SignatureBook()
        self.seq = 0
        self.campaigns = Campaigns(capacity=_MOST_CAMPAIGNS)
        self._force: InForce | None = None

    def keep(self, secrets: Secrets) -> None:
        """Use these secrets from now on."""
        self.secrets, self._force = secrets, None

    def obey(self, order: TakeOrder | ProveOrder, at: int) -> bytes:
        """Take an order into effect, or prove it and return it fit to travel; raise SignatureRefused, nothing done."""
        if isinstance(order, ProveOrder):
            proposal = review_order(parse_order(order.body), self.book, phone_key=self.secrets.phone_key)
            sealed = msgspec.Raw(msgspec.json.encode(proposal.order))
            return msgspec.json.encode(Proven(sealed, *proposal.change))
        if order.seq > self.seq:
            self.seq = order.seq
            book = self.book.published(parse_order(order.body.encode()))
            force = book.in_force(self.secrets, at=at)
            self.book = book
            self._force = force
        return b""

    def at(self, moment: int) -> InForce:
        """Return what is in force at a moment (ms UTC)."""
        force = self._force
        if force is None or not force.holds_at(moment):
            book = self.book
            force = book.in_force(self.secrets, at=moment)
            # The thread of orders may have published another book meanwhile.
            if self.book is book:
                self._force = force
        return force


class CheckWorker:
    """Answers messages; orders are compiled in a thread of their own, so that no check waits for them."""

    def __init__(self, answer: Callable[[Answered], None], *, clock: Callable[[], int]) -> None:
        self._answer = answer
        self._clock = clock
        self._libraries: dict[str, Library] = {}
        self._orders: queue.SimpleQueue[TakeOrder | ProveOrder] = queue.SimpleQueue()
        self._pictures: queue.SimpleQueue[CheckPicture] = queue.SimpleQueue()
        threading.Thread(target=self._take_orders, daemon=True).start()
        threading.Thread(target=self._take_pictures, daemon=True).start()

    def hear(self, message: Asked) -> None:
        """Answer one message, now or from the thread of orders."""
        try:
            self._hear(message)
        except Exception as fault:  # noqa: BLE001 a fault of one check must not cost the others their worker
            self._answer(Answered(message.number, fault=_place_of(fault)))

    def _hear(self, message: Asked) -> None:
        library = self._libraries.setdefault(message.organisation, Library())
        if isinstance(message, TakeOrder):
            self._orders.put(message)
        elif isinstance(message, KeepSecrets):
            library.keep(Secrets(message.phone_key, message.circles))
            self._answer(Answered(message.number))
        elif isinstance(message, FillFields):
            self._fill(message, library)
        elif isinstance(message, RunCheck):
            self._answer(_checked(message, library))
        elif isinstance(message, ProveOrder):
            self._orders.put(message)
        elif isinstance(message, CheckPicture):
            self._pictures.put(message)
        else:
            self._answer(_described(message, library))

    def _fill(self, asked: FillFields, library: Library) -> None:
        known = library.at(asked.at)
        found = fill_event(
            asked.event_type, asked.text, asked.names, known=known, at=asked.at, message_no=asked.message_no
        )
        fields = dict(found.fields) | ({MET: list(found.met)} if found.met else {})
        self._answer(Answered(asked.number, msgspec.json.encode(fields)[1:-1], found.met))
        # Nobody waits for this any more.
        if found.score >= SUSPICIOUS:
            library.campaigns.add(asked.text[:COMPARED], at_ms=asked.at)

    def _take_orders(self) -> None:
        while True:
            order = self._orders.get()
            library = self._libraries[order.organisation]
            try:
                self._answer(Answered(order.number, library.obey(order, self._clock())))
            except SignatureRefused as refused:
                said = Answered(order.number, refusal_zh=refused.sentence("zh"), refusal_en=refused.sentence("en"))
                self._answer(said)
            except Exception as fault:  # noqa: BLE001 a fault of one order must not stop the next
                self._answer(Answered(order.number, fault=_place_of(fault)))

    def _take_pictures(self) -> None:
        with ScreenshotWorker() as reader:
            while True:
                asked = self._pictures.get()
                try:
                    answer = _pictured(asked, self._libraries[asked.organisation], reader)
                except PictureRefused as refused:
                    answer = Answered(asked.number, refusal_zh=refused.zh, refusal_en=refused.en)
                except WorkerRefused as refused:
                    answer = Answered(asked.number, fault=refused.code)
                    if refused.cause in _FAULTS_OF_THE_PICTURE:
                        answer = Answered(asked.number, refusal_zh=refused.zh, refusal_en=refused.en)
                except Exception as fault:  # noqa: BLE001 a fault of one picture must not stop the next
                    answer = Answered(asked.number, fault=_place_of(fault))
                self._answer(answer)


def _place_of(fault: Exception) -> str:
    """Return a fault's name and place, without its message, which may hold personal data."""
    step = fault.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    place = f"{Path(step.tb_frame.f_code.co_filename).name}:{step.tb_lineno}" if step is not None else ""
    return f"{type(fault).__name__} {place}"


def _checked(asked: RunCheck, library: Library) -> Answered:
    known = library.at(asked.at)
    links: tuple[CheckedLink, ...] = ()
    if asked.kind == "link":
        checked = check_link_with(asked.text, known, at=asked.at)
    elif asked.kind == "phone":
        checked = check_phone_with(
            asked.text,
            known,
            displayed=asked.displayed,
            called=asked.called,
            claims_domestic=asked.claims_domestic,
        )
    else:
        found = check_text_with(asked.text, known, at=asked.at)
        checked = _counted(asked, found.checked, library.campaigns)
        links = tuple(_link(place, each) for place, each in found.links)
    met = tuple(checked.facts.get("signatures", "").split()) or hits_of(checked.cues)
    answer = answer_of(checked, links=links, met=met, at=asked.at)
    return Answered(asked.number, msgspec.json.encode(answer), met, checked.level)


def _counted(asked: RunCheck, checked: Checked, campaigns: Campaigns) -> Checked:
    """Return the answer with the campaign that the text belongs to, where others like it were seen."""
    text = asked.text[:COMPARED]
    is_suspicious = checked.score >= SUSPICIOUS
    campaign = campaigns.add(text, at_ms=asked.at) if is_suspicious else campaigns.find(text) if campaigns else None
    if campaign is None or campaign.count < 2:
        return checked
    facts = {"campaign": campaign.name, "campaign_count": str(campaign.count), "campaign_since": str(campaign.first_ms)}
    said = Words(f"同类内容已出现 {campaign.count} 次", f"texts like it were seen {campaign.count} times")
    cue = Cue("text.campaign", said, 0.0, source=f"campaign:{campaign.name}")
    return msgspec.structs.replace(checked, cues=(*checked.cues, cue), facts=checked.facts | facts)


def _pictured(asked: CheckPicture, library: Library, reader: ScreenshotWorker) -> Answered:
    known = library.at(asked.at)
    knowledge = Knowledge(known=known.pictures, lists=known.links, marks=known.marks_of, at=asked.at)
    found = reader.check(asked.data, knowledge=knowledge)
    met = hits_of(found.checked.cues)
    answer = answer_of(found.checked, met=met, at=asked.at)
    answer = msgspec.structs.replace(answer, text=found.text, marks=found.marks)
    return Answered(asked.number, msgspec.json.encode(answer), met, found.checked.level)


def _link(found: FoundLink, checked: Checked) -> CheckedLink:
    named = checked.facts.get("impersonates")
    return CheckedLink(found.start, found.end, checked.facts["defanged"], checked.level, checked.score, named)


def _described(asked: DescribeSignatures, library: Library) -> Answered:
    in_force = {each.id for each in library.at(asked.at).signatures}
    described = [
        PublishedSignature(
            id=each.id,
            set=name,
            version=published.version,
            kind=kind_of(each),
            owner=each.owner,
            source=each.source,
            valid_from=each.valid_from.isoformat(),
            valid_until=each.valid_until.isoformat(),
            confidence=each.confidence,
            tlp=each.tlp,
            size=size_of(each),
            in_force=each.id in in_force,
        )
        for name, published in sorted(library.book.sets.items())
        for each in published.signatures.values()
    ]
    return Answered(asked.number, msgspec.json.encode(described))


def _warm() -> None:
    """Load what is loaded at the first use, so that the first check is as quick as any other."""
    check_link("http://example.com/")
    check_links("http://example.com/")
    fill_event("message.sent", "你好 hello http://example.com/", ("contact_score",), at=0, message_no=None)
    fill_event("listing.published", "你好", ("ad_flags",), at=0, message_no=None)
    fill_event("ticket.message", "你好", ("promise_flags", "discloses"), at=0, message_no=None)


def _receive(line: socket.socket, size: int) -> bytes:
    parts = []
    while size:
        part = line.recv(min(size, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def main() -> None:
    """Serve the socket whose number is the first argument until it closes."""
    start_journal()
    sys.setswitchinterval(0.001)
    line = socket.socket(fileno=int(sys.argv[1]))
    sending = threading.Lock()

    def answer(message: Answered) -> None:
        with sending:
            line.sendall(frame(message))

    def clock() -> int:
        return int(datetime.now(UTC).timestamp() * 1000)

    _warm()
    worker = CheckWorker(answer, clock=clock)
    decoder = msgspec.msgpack.Decoder(Asked)
    answer(Answered(READY))
    try:
        while True:
            size = int.from_bytes(_receive(line, LENGTH), "big")
            worker.hear(decoder.decode(_receive(line, size)))
    except (EOFError, ConnectionError):
        return


if __name__ == "__main__":
    main()
