"""The signatures in force at one moment, compiled for looking up."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

import msgspec

from anxin.checkers.images.look_alike import known_picture
from anxin.checkers.links.lists import FINAL, LinkLists, Listed
from anxin.checkers.normalise.normalised import Normalised
from anxin.checkers.phones.check import Marks
from anxin.checkers.result import Cue, Words
from anxin.checkers.signatures.signature import (
    AnySignature,
    Confidence,
    HashedSignature,
    ImageSignature,
    LinkSignature,
    PhoneSignature,
    Signature,
    TextSignature,
)
from anxin.checkers.signatures.tokens import canonical_phone, canonical_text, indicator_hash, phone_token
from anxin.checkers.texts.campaigns import Campaigns
from anxin.checkers.texts.matching import Matcher
from anxin.checkers.texts.packs import CueSpec

SOURCE = "signature:"
# What a link weighs by the confidence of its signature; only the surest is final.
LINK_WEIGHTS: Mapping[Confidence, float] = {"high": FINAL, "medium": 60.0, "low": 40.0}
MOST_NUMBERS = 50
# A campaign is told by its beginning: comparing more costs more than it tells.
COMPARED = 500
SHARED_LIMIT = 60.0
MARKED_WEIGHT = 60.0
WRITTEN, NEAR, NUMBER = "signature.text", "signature.campaign", "signature.number"
SHARED = Words("其他平台共享的风险指标", "An indicator that another platform shared")
MARKED_NUMBER = Words("文中有被标记的号码", "The text holds a number that was marked")
Kind = TypeVar("Kind", bound=Signature)
_MOBILE = re.compile(r"(?<!\d)1[3-9](?:[\s-]?\d){9}(?!\d)")
_EVER = 1 << 62


class Circle(msgspec.Struct, frozen=True):
    """The hashes of one secret, by hash: what is listed under it."""

    secret: bytes
    links: Mapping[str, Listed]
    phones: Mapping[str, Listed]
    texts: Mapping[str, Listed]

    def find(self, name: str) -> Listed | None:
        """Return what another platform says of one name of a link."""
        return self.links.get(indicator_hash("link", name, self.secret)) if self.links else None


class Secrets(msgspec.Struct, frozen=True):
    """What an organisation's lookups need: the key of its number tokens, and the circles' secrets by name."""

    phone_key: bytes
    circles: Mapping[str, bytes] = {}


class InForce:
    """Everything in force at `at`, and from `since` to before `until` (ms UTC), of proven signatures."""

    def __init__(self, signatures: Iterable[AnySignature], secrets: Secrets, *, at: int) -> None:
        self.at = at
        self._secrets = secrets
        everything = list(signatures)
        spans = [each.span for each in everything]
        edges = [edge for span in spans for edge in span]
        self.since = max((edge for edge in edges if edge <= at), default=0)
        self.until = min((edge for edge in edges if edge > at), default=_EVER)
        self.signatures = tuple(each for each, (first, end) in zip(everything, spans, strict=True) if first <= at < end)
        self._circles = tuple(self._new_circles())
        self.links = self._new_lists()
        self._phones = {
            token: Marks(each.marks, SOURCE + each.id)
            for each in self._of(PhoneSignature)
            for token in (*each.tokens, *(phone_token(value, secrets.phone_key) for value in each.values))
        }
        self._texts = {each.id: each for each in self._of(TextSignature)}
        self._matcher = Matcher(cue_specs(self._texts.values())) if self._texts else None
        self._samples, self._of_sample = _campaigns(self._texts.values())
        self.pictures = tuple(
            known_picture(picture, SOURCE + each.id) for each in self._of(ImageSignature) for picture in each.hashes
        )

    def holds_at(self, at: int) -> bool:
        """Return whether nothing begins or ends between the moment it was made for and `at`."""
        return self.since <= at < self.until

    def _of(self, kind: type[Kind]) -> list[Kind]:
        return [each for each in self.signatures if isinstance(each, kind)]

    def _new_lists(self) -> LinkLists:
        black: dict[str, Listed] = {}
        white: dict[str, Listed] = {}
        for each in sorted(self._of(LinkSignature), key=lambda one: LINK_WEIGHTS[one.confidence]):
            listed = Listed(SOURCE + each.id, LINK_WEIGHTS[each.confidence], each.reason)
            if each.side == "black":
                black.update(dict.fromkeys(each.values, listed))
            else:
                white.update(dict.fromkeys(each.values, listed))
        return LinkLists(black, white, tuple(each for each in self._circles if each.links))

    def _new_circles(self) -> Iterator[Circle]:
        """Yield the circles whose secret is known; of the others nothing can be found."""
        for name, secret in self._secrets.circles.items():
            found: dict[str, dict[str, Listed]] = {"link": {}, "phone": {}, "text": {}}
            for each in self._of(HashedSignature):
                if each.circle == name:
                    # Another platform's word accuses, and never decides alone.
                    weight = min(LINK_WEIGHTS[each.confidence], SHARED_LIMIT)
                    found[each.of].update(dict.fromkeys(each.hashes, Listed(SOURCE + each.id, weight, SHARED)))
            yield Circle(secret, found["link"], found["phone"], found["text"])

    def marks_of(self, number: str) -> Marks | None:
        """Return how often a number was marked, at home or by another platform."""
        known = self._phones.get(phone_token(number, self._secrets.phone_key)) if self._phones else None
        for circle in self._circles if known is None else ():
            if circle.phones:
                listed = circle.phones.get(indicator_hash("phone", canonical_phone(number), circle.secret))
                known = Marks(1, listed.source) if listed is not None else known
        return known

    def cues_in(self, text: str, folded: Normalised) -> list[Cue]:
        """Return a cue for each text signature, campaign sample and marked number that stands in a folded text."""
        return [*self._written_cues(folded), *self._campaign_cues(text), *self._number_cues(folded)]

    def _written_cues(self, folded: Normalised) -> Iterator[Cue]:
        for hit in self._matcher.find(folded.text) if self._matcher is not None else ():
            each = self._texts[hit.code]
            start, end = folded.offsets[hit.start], folded.offsets[hit.end - 1] + 1
            yield Cue(WRITTEN, each.name, each.weight, start, end, SOURCE + each.id)

    def _campaign_cues(self, text: str) -> Iterator[Cue]:
        found = self._samples.find(text[:COMPARED]) if self._of_sample else None
        if found is not None:
            each = self._texts[self._of_sample[found.name]]
            yield Cue(NEAR, each.name, each.weight, 0, 0, SOURCE + each.id)
        for circle in self._circles:
            if circle.texts:
                listed = circle.texts.get(indicator_hash("text", canonical_text(text), circle.secret))
                if listed is not None:
                    yield Cue(NEAR, SHARED, listed.weight, 0, 0, listed.source)

    def _number_cues(self, folded: Normalised) -> Iterator[Cue]:
        if not self._phones and not any(circle.phones for circle in self._circles):
            return
        for place in itertools.islice(_MOBILE.finditer(folded.text), MOST_NUMBERS):
            known = self.marks_of(place[0])
            if known is not None:
                start, end = folded.offsets[place.start()], folded.offsets[place.end() - 1] + 1
                yield Cue(NUMBER, MARKED_NUMBER, MARKED_WEIGHT, start, end, known.source)

    def scam_type_of(self, identity: str) -> str | None:
        """Return the scam type that a text signature names."""
        found = self._texts.get(identity)
        return found.scam_type if found is not None else None


def hits_of(cues: Iterable[Cue]) -> tuple[str, ...]:
    """Return the ids of the signatures among the sources of cues, each once."""
    named = (cue.source.removeprefix(SOURCE) for cue in cues if cue.source.startswith(SOURCE))
    return tuple(dict.fromkeys(named))


def cue_specs(signatures: Iterable[TextSignature]) -> dict[str, CueSpec]:
    """Return the words and patterns of text signatures as the packs' matcher takes them."""
    return {
        each.id: CueSpec(each.name.zh, each.name.en, "term", each.weight, each.phrases, each.patterns, each.near)
        for each in signatures
        if each.phrases or each.patterns or each.near
    }


def _campaigns(signatures: Iterable[TextSignature]) -> tuple[Campaigns, dict[str, str]]:
    campaigns = Campaigns()
    of_sample: dict[str, str] = {}
    for each in signatures:
        for sample in each.samples:
            campaign = campaigns.add(sample[:COMPARED], at_ms=0)
            if campaign is not None:
                of_sample.setdefault(campaign.name, each.id)
    return campaigns, of_sample
