"""Taking in what a feed says: lists of hosts, links or numbers, checked against lies and sudden silence."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import msgspec

from anxin.checkers.links.address import parse_address
from anxin.checkers.links.brands import shipped_brands
from anxin.checkers.links.domain import split_domain
from anxin.checkers.links.lists import ListEntryRefused, black_entry
from anxin.checkers.phones.number import read_number
from anxin.checkers.phones.official import official_lines
from anxin.checkers.signatures.book import SignatureBook
from anxin.checkers.signatures.errors import FeedRefused
from anxin.checkers.signatures.sealing import seal
from anxin.checkers.signatures.signature import (
    AnySignature,
    Confidence,
    Examples,
    LinkSignature,
    PhoneSignature,
    PublishSignatures,
    Tlp,
    size_of,
)

# A feed that keeps this share or less of what it said is broken or was taken over.
SHRUNK = 0.1
# Fewer values than this may go without suspicion.
FEW = 20
VALID_DAYS = 30
LONGEST_FEED = 16 * 1024 * 1024
_SINKS = frozenset({"0.0.0.0", "127.0.0.1", "::", "::1"})
_CONFIDENCE: dict[str, Confidence] = {"low": "low", "medium": "medium", "high": "high"}


class FeedTerms(msgspec.Struct, frozen=True):
    """What the organisation says of a feed: its name, who owns it here, where it comes from, and from which day."""

    name: str
    owner: str
    source: str
    day: date
    version: str
    confidence: Confidence = "medium"
    tlp: Tlp = "AMBER"


class Proposal(msgspec.Struct, frozen=True):
    """What publishing would do: the order, fit to travel, and how many values come, go and stay."""

    order: PublishSignatures
    added: int
    dropped: int
    kept: int

    @property
    def change(self) -> tuple[int, int, int]:
        """Return how many values come, go and stay."""
        return self.added, self.dropped, self.kept


def propose(text: str, terms: FeedTerms, book: SignatureBook, *, phone_key: bytes) -> Proposal:
    """Return what the feed's text changes; raise FeedRefused when it is not to be believed."""
    links, phones = _read(text)
    _refuse_lies(links, phones, book)
    made: tuple[AnySignature, ...] = (*_link_signatures(links, terms), *_phone_signatures(phones, terms))
    if not made:
        raise FeedRefused("数据源是空的，原有特征继续有效", "the feed is empty; what it said before stays in force")
    return review_order(PublishSignatures(terms.name, terms.version, put=made), book, phone_key=phone_key)


def review_order(
    order: PublishSignatures, book: SignatureBook, *, phone_key: bytes, may_shrink: bool = False
) -> Proposal:
    """Prove an order against what is published, and return what it changes.

    Raise SignatureRefused when it is wrong, FeedRefused when it accuses the good or would drop nearly everything.
    """
    proven = book.published(order).sets[order.set].signatures
    _refuse_lies(*_accused(order), book)
    put = tuple(proven[each.id] for each in order.put)
    sealed = seal(msgspec.structs.replace(order, put=put), phone_key)
    before = book.sets.get(order.set)
    after = book.published(sealed, is_proven=True).sets[order.set]
    old, new = _values(before.signatures.values()) if before else set(), _values(after.signatures.values())
    if len(old) > FEW and len(new) <= len(old) * SHRUNK and not may_shrink:
        raise FeedRefused(
            f"数据源从 {len(old)} 条缩到 {len(new)} 条，原有特征继续有效",
            f"the feed shrank from {len(old)} values to {len(new)}; what it said before stays in force",
        )
    return Proposal(sealed, len(new - old), len(old - new), len(new & old))


def _accused(order: PublishSignatures) -> tuple[list[_Entry], list[_Entry]]:
    links = [
        _Entry(value, each.confidence, 0)
        for each in order.put
        if isinstance(each, LinkSignature) and each.side == "black"
        for value in each.values
    ]
    phones = [
        _Entry(read_number(value).digits, None, 0)
        for each in order.put
        if isinstance(each, PhoneSignature)
        for value in each.values
    ]
    return links, phones


def _values(signatures: Iterable[AnySignature]) -> set[str]:
    found: set[str] = set()
    for each in signatures:
        if isinstance(each, LinkSignature):
            found.update(each.values)
        elif isinstance(each, PhoneSignature):
            found.update(each.tokens or each.values)
        else:
            found.update(f"{each.id}.{number}" for number in range(size_of(each)))
    return found


class _Entry(msgspec.Struct, frozen=True):
    value: str
    confidence: Confidence | None
    line: int


def _read(text: str) -> tuple[list[_Entry], list[_Entry]]:
    """Return the links and the numbers of a feed; raise FeedRefused at the first line that is neither."""
    if len(text) > LONGEST_FEED:
        raise FeedRefused("数据源超过 16 MB", "the feed is over 16 MB")
    links: list[_Entry] = []
    phones: list[_Entry] = []
    for entry, kind in _entries(text):
        if not entry.value.isprintable():
            raise FeedRefused("含有不可见字符", "it holds invisible characters", field="value", line=entry.line)
        if kind == "phone":
            found = read_number(entry.value)
            if found.kind == "malformed":
                raise FeedRefused("不是电话号码", "it is not a phone number", field="value", line=entry.line)
            phones.append(_Entry(found.digits, entry.confidence, entry.line))
        else:
            try:
                links.append(_Entry(black_entry(entry.value), entry.confidence, entry.line))
            except ListEntryRefused as problem:
                raise FeedRefused(problem.zh, problem.en, field="value", line=entry.line) from None
    return links, phones


def _entries(text: str) -> Iterator[tuple[_Entry, str]]:
    """Yield the values of a CSV table with a column `value`, of a hosts file, or of one value a line."""
    head = text.lstrip("\ufeff").partition("\n")[0].strip().lower().split(",")
    if "value" in head and len(head) > 1:
        yield from _table(text.lstrip("\ufeff"))
        return
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        words = line.partition("#")[0].split()
        if words:
            value = words[1] if words[0] in _SINKS and len(words) > 1 else words[0]
            yield _Entry(value, None, number), "link"


def _table(text: str) -> Iterator[tuple[_Entry, str]]:
    rows = csv.DictReader(io.StringIO(text), skipinitialspace=True)
    try:
        for row in rows:
            value, kind = (row.get("value") or "").strip(), (row.get("kind") or "link").strip().lower()
            confidence = (row.get("confidence") or "").strip().lower()
            if kind not in ("link", "phone"):
                raise FeedRefused(
                    "类型只能是 link 或 phone", "the kind is link or phone", field="kind", line=rows.line_num
                )
            if confidence and confidence not in _CONFIDENCE:
                raise FeedRefused(
                    "置信度只能是 low、medium、high",
                    "confidence is low, medium or high",
                    field="confidence",
                    line=rows.line_num,
                )
            if value:
                yield _Entry(value, _CONFIDENCE.get(confidence), rows.line_num), kind
    except csv.Error as problem:
        raise FeedRefused(
            f"表格无法读取：{problem}", f"the table cannot be read: {problem}", line=rows.line_num
        ) from None


def _refuse_lies(links: list[_Entry], phones: list[_Entry], book: SignatureBook) -> None:
    """Refuse a feed that accuses a brand's own domain, an official line, or what people listed as good."""
    brands = shipped_brands()
    white = {
        value for each in book if isinstance(each, LinkSignature) and each.side == "white" for value in each.values
    }
    for entry in links:
        address = parse_address(entry.value)
        domain = split_domain(address.host) if address is not None else None
        # A page on a brand's open platform may be bad; the platform itself is not.
        is_whole_site = "/" not in entry.value
        if domain is not None and is_whole_site and (brands.official_brand(domain) is not None or domain.site in white):
            raise _lie(entry.value, entry.line)
    for entry in phones:
        if entry.value in official_lines():
            raise _lie(entry.value, entry.line)


def _lie(value: str, line: int) -> FeedRefused:
    return FeedRefused(
        f"{value} 是已知的正规地址或号码，该数据源不可信，原有特征继续有效",
        f"{value} is known to be good, so the feed is not to be believed; what it said before stays in force",
        field="value",
        line=line,
    )


def _link_signatures(entries: list[_Entry], terms: FeedTerms) -> Iterator[LinkSignature]:
    for confidence in ("high", "medium", "low"):
        values = tuple(
            dict.fromkeys(one.value for one in entries if (one.confidence or terms.confidence) == confidence)
        )
        if values:
            tests = Examples((values[0],), ("https://www.example.com/",))
            yield LinkSignature(
                id=f"{terms.name}-link-{confidence}",
                owner=terms.owner,
                source=terms.source,
                valid_from=terms.day,
                valid_until=terms.day + timedelta(days=VALID_DAYS),
                confidence=_CONFIDENCE[confidence],
                tlp=terms.tlp,
                tests=tests,
                values=values,
            )


def _phone_signatures(entries: list[_Entry], terms: FeedTerms) -> Iterator[PhoneSignature]:
    values = tuple(dict.fromkeys(one.value for one in entries))
    if values:
        yield PhoneSignature(
            id=f"{terms.name}-phone",
            owner=terms.owner,
            source=terms.source,
            valid_from=terms.day,
            valid_until=terms.day + timedelta(days=VALID_DAYS),
            confidence=terms.confidence,
            tlp=terms.tlp,
            tests=Examples((values[0],), ("110",)),
            values=values,
        )
