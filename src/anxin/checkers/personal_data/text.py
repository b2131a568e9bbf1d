"""Find personal data in a text and hide it: masked, as a token, or removed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable

from anxin.checkers.normalise.text import normalise
from anxin.checkers.personal_data.registry import RECOGNISERS
from anxin.checkers.personal_data.span import Span

LEAST_SCORE = 0.5
# Names and addresses are read in pieces, so that one endless line costs no more than its length.
PIECE = 20_000
OVERLAP = 200
TOKEN_BYTES = 8
_NUMBERS = frozenset(
    {"resident_id", "bank_card", "iban", "phone", "credit_code", "social_security", "passport", "chat_account"}
)
_ORDER = {module.kind: -place for place, module in reversed(list(enumerate(RECOGNISERS)))}


def find(text: str, *, kinds: frozenset[str] | None = None) -> tuple[Span, ...]:
    """Return the personal data in order, without overlaps; offsets are those of the text as given.

    `kinds` limits what is looked for; None looks for all.
    """
    folded = normalise(text, strength="light")
    found: set[Span] = set()
    for start in range(0, max(len(folded.text), 1), PIECE):
        piece = folded.text[start : start + PIECE + OVERLAP]
        for recogniser in RECOGNISERS:
            if kinds is None or recogniser.kind in kinds:
                found.update(_moved(recogniser.find(piece), start))
    chosen = _without_overlaps(each for each in found if each.score >= LEAST_SCORE)
    return tuple(Span(*folded.span(each.start, each.end), each.kind, each.score) for each in chosen)


def mask(text: str) -> str:
    """Return the text with the middle of numbers, the front of mail, and names and addresses starred."""
    return _replaced(text, lambda span, written: _masked(span.kind, written))


def tokenise(text: str, key: bytes) -> str:
    """Return the text with each finding as `<kind:token>`; under one key (1–64 bytes) equals give equals."""
    return _replaced(text, lambda span, written: f"<{span.kind}:{_token(span.kind, written, key)}>")


def remove(text: str) -> str:
    """Return the text with each finding replaced by `<kind>`."""
    return _replaced(text, lambda span, _: f"<{span.kind}>")


def _moved(spans: Iterable[Span], by: int) -> Iterable[Span]:
    return spans if not by else (Span(each.start + by, each.end + by, each.kind, each.score) for each in spans)


def _without_overlaps(spans: Iterable[Span]) -> list[Span]:
    """Return spans that do not overlap: checked numbers first, then the longest, then the order of the registry."""
    ranked = sorted(spans, key=lambda each: (each.score < 0.95, each.start - each.end, -_ORDER[each.kind], -each.score))
    taken: list[Span] = []
    marked: set[int] = set()
    for each in ranked:
        covered = range(each.start, each.end)
        if each.end > each.start and marked.isdisjoint(covered):
            taken.append(each)
            marked.update(covered)
    return sorted(taken)


def _replaced(text: str, replacement: Callable[[Span, str], str]) -> str:
    pieces: list[str] = []
    at = 0
    for span in find(text):
        pieces += (text[at : span.start], replacement(span, text[span.start : span.end]))
        at = span.end
    return "".join((*pieces, text[at:]))


def _masked(kind: str, written: str) -> str:
    if kind in _NUMBERS and len(written) >= 9:
        return written[:3] + "*" * (len(written) - 7) + written[-4:]
    if kind == "email":
        local, _, domain = written.rpartition("@")
        return f"{local[:1]}***@{domain}"
    return written[:1] + "*" * (len(written) - 1) if len(written) > 1 else "*"


def _token(kind: str, written: str, key: bytes) -> str:
    plain = re.sub(r"[\s().-]", "", normalise(written, strength="light").text).lower()
    return hashlib.blake2b(f"{kind}\0{plain}".encode(), key=key, digest_size=TOKEN_BYTES).hexdigest()
