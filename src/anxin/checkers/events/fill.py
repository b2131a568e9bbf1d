"""Fill an event's fields from its text: pure, so that the same text always gives the same fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from hashlib import blake2b

import ahocorasick_rs
import msgspec

from anxin.checkers.ads.check import check_advertisement
from anxin.checkers.document import shipped_document
from anxin.checkers.normalise.text import normalise
from anxin.checkers.personal_data.check import check_personal_data
from anxin.checkers.phones.number import read_number
from anxin.checkers.result import Checked
from anxin.checkers.signatures.checking import CheckedText, check_text_with
from anxin.checkers.signatures.force import InForce, Secrets, hits_of
from anxin.checkers.signatures.tokens import canonical_text
from anxin.checkers.texts.contact import check_contact
from anxin.checkers.texts.replies import check_reply

Value = str | int | bool | list[str]
FIRST_MESSAGES = 3
SUSPECTED, LIKELY = 40.0, 70.0
MOST_DOMAINS = 20
UNLAWFUL = ("drugs", "gambling", "illegal_service", "sexual", "violent")
# What a reply must not say, and what of it counts as a promise or as asking for a secret.
PROMISES = frozenset({"over_promise", "judges_safe", "legal"})
ASKED = frozenset({"asks_secret", "transfer"})
# Personal data that is certain enough to stop a reply: names are best effort, and a service line is nobody's.
CERTAIN = frozenset({"resident_id", "bank_card", "passport"})
PEOPLES_NUMBERS = frozenset({"mobile", "virtual_mobile"})
_PLATFORM_TARGETS = frozenset({"wechat", "qq", "telegram", "group", "shop"})
_NOTHING_KNOWN = InForce((), Secrets(b"\0" * 32), at=0)


class WordFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words that fields ask for."""

    owner: str
    dated: date
    review_by: date
    source: str
    confidence: str
    payment: tuple[str, ...]
    platforms: tuple[str, ...]
    rewards: tuple[str, ...]
    media: tuple[str, ...]


class Filling(msgspec.Struct, frozen=True):
    """The fields for one event by name, the signatures that its text met, and the text's score (0–100)."""

    fields: Mapping[str, Value]
    met: tuple[str, ...] = ()
    score: float = 0.0


class _Reading:
    """One text with what was found in it, looked up once for all its fields."""

    def __init__(self, text: str, answer: CheckedText, *, is_opening: bool) -> None:
        self.text = text
        self.answer = answer
        self.links = [checked for _, checked in answer.links]
        named = (each.partition(":") for each in answer.checked.facts.get("types", "").split())
        self.types = {name: float(score) for name, _, score in named}
        self.signals = answer.checked.facts.get("signals", "").split()
        self.contact = check_contact(text, is_first_messages=is_opening)
        self.words = _words_in(text)

    def scam_types(self) -> list[str]:
        """Return the scam types that are suspected, by packs and by signatures."""
        own = [name for name, score in self.types.items() if name.startswith("SC") and score >= SUSPECTED]
        return list(dict.fromkeys((*own, *self.answer.checked.facts.get("signature_types", "").split())))

    def scam_cues(self) -> int:
        """Return how many independent cues speak for the likeliest scam; at most one where none is suspected."""
        cues = [cue for cue in self.answer.checked.cues if cue.weight > 0]
        types = self.scam_types()
        met = len(hits_of(self.answer.checked.cues))
        if not types:
            return min(1, sum(cue.source.startswith("SC") for cue in cues) + met)
        return sum(cue.source == types[0] for cue in cues) + met

    def is_likely(self, *names: str) -> bool:
        """Return whether one of the packs is highly likely."""
        return any(self.types.get(name, 0.0) >= LIKELY for name in names)


def fill_event(
    event_type: str, text: str, names: tuple[str, ...], *, known: InForce | None = None, at: int, message_no: int | None
) -> Filling:
    """Return the named fields of an event with this text.

    `at` is ms UTC. `message_no` is the message's number in its conversation, None when nobody knows.
    """
    is_opening = message_no is not None and message_no <= FIRST_MESSAGES
    reading = _Reading(text, check_text_with(text, known or _NOTHING_KNOWN, at=at), is_opening=is_opening)
    fields = {name: _FIELDS[name](reading) for name in names}
    met = reading.answer.checked.facts.get("signatures", "")
    return Filling(fields, tuple(met.split()), reading.answer.checked.score)


def _text_hash(reading: _Reading) -> str:
    return "t" + blake2b(canonical_text(reading.text).encode(), digest_size=12).hexdigest()


def _domains(reading: _Reading) -> list[str]:
    hosts = (each.facts.get("ip") or each.facts.get("host", "") for each in reading.links)
    return [host for host in dict.fromkeys(hosts) if host][:MOST_DOMAINS]


def _is_lookalike(link: Checked) -> bool:
    is_listed = any(cue.code == "link.list.black" for cue in link.cues)
    return is_listed or ("impersonates" in link.facts and link.score >= SUSPECTED)


def _has_cue(reading: _Reading, code: str) -> bool:
    return any(cue.code == code for each in reading.links for cue in each.cues)


def _asks_login(reading: _Reading) -> bool:
    from anxin.checkers.links.rulebook import shipped_places

    words = shipped_places().login_words
    return any(word in each.facts.get("canonical", "").lower() for each in reading.links for word in words)


def _names_platform(reading: _Reading) -> bool:
    return "platforms" in reading.words or reading.contact.facts.get("target") in _PLATFORM_TARGETS


def _ad_flags(reading: _Reading) -> list[str]:
    cues = check_advertisement(reading.text).cues
    return list(dict.fromkeys(cue.code.removeprefix("ads.") for cue in cues))


def _reply_findings(reading: _Reading) -> list[str]:
    return list(dict.fromkeys(cue.code.removeprefix("reply.") for cue in check_reply(reading.text).cues))


def _promises(reading: _Reading) -> list[str]:
    return [name for name in _reply_findings(reading) if name in PROMISES]


def _disclosures(reading: _Reading) -> list[str]:
    asked = [name for name in _reply_findings(reading) if name in ASKED]
    shown = dict.fromkeys(
        kind
        for cue in check_personal_data(reading.text).cues
        if (kind := cue.code.removeprefix("personal_data.")) in CERTAIN
        or (kind == "phone" and read_number(reading.text[cue.start : cue.end]).kind in PEOPLES_NUMBERS)
    )
    return [*asked, *shown]


def _anger(reading: _Reading) -> int:
    if "angry" not in reading.signals:
        return 0
    return round(min(100.0, sum(cue.weight for cue in reading.answer.checked.cues if cue.source == "angry")))


_FIELDS: Mapping[str, Callable[[_Reading], Value]] = {
    "text_hash": _text_hash,
    "contact_score": lambda reading: round(reading.contact.score),
    "has_payment_words": lambda reading: "payment" in reading.words,
    "names_other_platform": _names_platform,
    "link_domains": _domains,
    "link_lookalike": lambda reading: any(map(_is_lookalike, reading.links)),
    "link_free_hosting": lambda reading: _has_cue(reading, "link.free_hosting"),
    "link_asks_login": _asks_login,
    "scam_types": _Reading.scam_types,
    "scam_cues": _Reading.scam_cues,
    "self_harm": lambda reading: reading.types.get("self_harm", 0.0) >= SUSPECTED,
    "threat": lambda reading: reading.is_likely("violent"),
    "money_moving": lambda reading: "money_moving" in reading.signals,
    "violates": lambda reading: reading.is_likely(*UNLAWFUL),
    "sexual_score": lambda reading: round(reading.types.get("sexual", 0.0)),
    "minor_cues": lambda reading: reading.types.get("minors", 0.0) >= SUSPECTED,
    "is_prohibited": lambda reading: reading.is_likely("drugs", "gambling", "illegal_service"),
    "ad_flags": _ad_flags,
    "promise_flags": _promises,
    "discloses": _disclosures,
    "anger_score": _anger,
    "threatens_media": lambda reading: "media" in reading.words,
    "reward_hint": lambda reading: "rewards" in reading.words,
}


@cache
def _lexicon() -> tuple[ahocorasick_rs.AhoCorasick, tuple[str, ...]]:
    raw = shipped_document("anxin.checkers.events", "words.yaml")
    file = msgspec.convert(raw, WordFile)
    groups = {"payment": file.payment, "platforms": file.platforms, "rewards": file.rewards, "media": file.media}
    words = [(normalise(word).text, name) for name, each in groups.items() for word in each]
    return ahocorasick_rs.AhoCorasick([word for word, _ in words]), tuple(name for _, name in words)


def _words_in(text: str) -> frozenset[str]:
    automaton, names = _lexicon()
    found = automaton.find_matches_as_indexes(normalise(text).text, overlapping=True)
    return frozenset(names[place] for place, _, _ in found)
