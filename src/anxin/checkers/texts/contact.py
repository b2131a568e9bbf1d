"""Score how likely a text smuggles a contact off the platform."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

import ahocorasick_rs
import msgspec

from anxin.checkers.normalise.normalised import Normalised
from anxin.checkers.normalise.text import normalise
from anxin.checkers.result import Advice, Checked, Cue, Words, level_of
from anxin.checkers.texts.matching import READ_CHARACTERS, stands_alone
from anxin.checkers.texts.packs import DATA, read_file

TOKEN = re.compile(
    r"(?<![a-z0-9])(?:[a-z][a-z0-9_\-]{2,18}[0-9][a-z0-9_\-]{0,8}|1[3-9](?:[\s\-.]?\d){9}|[1-9](?:[\s\-.]?\d){4,11})(?![a-z0-9])"
)
HIDDEN_DIGITS = re.compile(r"[零〇一幺二两三四五六七八九壹贰叁肆伍陆柒捌玖0-9]{6,}")
HAS_CHINESE_DIGIT = re.compile(r"[零〇一幺二两三四五六七八九壹贰叁肆伍陆柒捌玖]")
# Names and identifiers looked at in one text, so that a text made of them costs no more than another.
MOST = 200
SAY = Words(
    "请只在平台内沟通和付款，站外联系方式可能是诈骗。",
    "Talk and pay on the platform only; contacts outside it may be a scam.",
)
ASK = Words("对方让您加的是哪个账号？有没有付过钱？", "Which contact were you told to add? Was anything paid?")
NEVER = Words("不要替客户添加或测试这个联系方式。", "Never add or try the contact for the customer.")


class ContactFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names of contacts, how sure each is, what weighs how much."""

    owner: str
    dated: date
    review_by: date
    source: str
    confidence: str
    weights: dict[str, float]
    window: int
    plain: dict[str, list[str]]
    disguised: dict[str, list[str]]
    unsure: dict[str, list[str]]
    lures: list[str]
    innocent: list[str]
    not_identifiers: list[str]


class Found(msgspec.Struct, frozen=True):
    """A word of the file at its place in the folded text."""

    group: str
    target: str
    start: int
    end: int


class ContactWords:
    """The file compiled to one automaton."""

    def __init__(self, file: ContactFile) -> None:
        self.file = file
        self._entries: list[tuple[str, str]] = []
        words: list[str] = []
        for group in ("plain", "disguised", "unsure"):
            for target, names in getattr(file, group).items():
                words += names
                self._entries += [(group, target)] * len(names)
        for group in ("lures", "innocent", "not_identifiers"):
            words += getattr(file, group)
            self._entries += [(group, "")] * len(getattr(file, group))
        self._automaton = ahocorasick_rs.AhoCorasick([normalise(word).text for word in words])

    def find(self, text: str) -> list[Found]:
        """Return the words that stand in a folded text; Latin ones only when they stand alone."""
        found = []
        for place, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            group, target = self._entries[place]
            if text[start:end].isascii() and group == "unsure" and not alone_or_before_digits(text, start, end):
                continue
            if text[start:end].isascii() and group in ("plain", "disguised") and not stands_alone(text, start, end):
                continue
            found.append(Found(group, target, start, end))
        return found


@cache
def contact_words() -> ContactWords:
    """Return the shipped words, compiled at the first call."""
    raw = read_file(DATA / "contact.yaml", dict)
    return ContactWords(msgspec.convert(raw, ContactFile, strict=False))


def alone_or_before_digits(text: str, start: int, end: int) -> bool:
    """Return whether no letter touches the word; digits may follow it."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isascii() and before.isalnum()) and not (after.isascii() and after.isalpha())


def check_contact(text: str, *, is_first_messages: bool = False, is_sender_suspect: bool = False) -> Checked:
    """Return the contact-smuggling score of a message.

    `is_first_messages`: it is one of the sender's first three. `is_sender_suspect`: reported before, or new.
    """
    text = text[:READ_CHARACTERS]
    return check_contact_in(
        text, normalise(text), is_first_messages=is_first_messages, is_sender_suspect=is_sender_suspect
    )


def check_contact_in(
    text: str, folded: Normalised, *, is_first_messages: bool = False, is_sender_suspect: bool = False
) -> Checked:
    """Return the score of a text that is folded already."""
    words = contact_words()
    weights = words.file.weights
    found = words.find(folded.text)
    names = guilty_names(found, len(folded.text))[:MOST]
    tokens = identifiers(folded.text, found) if names else []
    target, token = best_pair(names, tokens, words.file.window)
    if target is None:
        return Checked("text", "no_known_risk", 0.0)
    seen = [cue_of("target", target.start, target.end, weights, folded)]
    if token:
        seen.append(cue_of("token", token[0], token[1], weights, folded))
    lure = next((each for each in found if each.group == "lures"), None)
    if lure and token:
        seen.append(cue_of("lure", lure.start, lure.end, weights, folded))
    if is_disguised(text, target, token, folded):
        seen.append(cue_of("evasion", target.start, target.end, weights, folded))
    for name, holds in (("first_messages", is_first_messages), ("sender", is_sender_suspect)):
        if holds:
            seen.append(Cue(f"contact.{name}", NAMES[name], weights[name], source="contact"))
    score = min(100.0, sum(each.weight for each in seen))
    advice = Advice((SAY,), (ASK,), (NEVER,)) if score >= 40 else Advice()
    return Checked("text", level_of(score), score, tuple(seen), advice, {"target": target.target})


NAMES = {
    "target": Words("提到站外联系方式", "Names a contact outside the platform"),
    "token": Words("旁边有号码或账号", "A number or account stands beside it"),
    "lure": Words("以优惠或报酬引诱", "Lures with a discount or pay"),
    "evasion": Words("用变体或拆分躲避审核", "Written so as to evade review"),
    "first_messages": Words("刚开始聊天就提出", "Among the first messages"),
    "sender": Words("发送者是新账号或被举报过", "The sender is new or was reported"),
}


def cue_of(name: str, start: int, end: int, weights: dict[str, float], folded: Normalised) -> Cue:
    """Return the cue at its place in the original text."""
    last = folded.offsets[end - 1] + 1
    return Cue(f"contact.{name}", NAMES[name], weights[name], folded.offsets[start], last, "contact")


def guilty_names(found: list[Found], length: int) -> list[Found]:
    """Return the names of contacts that no innocent word of the text touches."""
    innocent = bytearray(length)
    for each in found:
        if each.group == "innocent":
            innocent[each.start : each.end] = b"\x01" * (each.end - each.start)
    named = (each for each in found if each.group in ("plain", "disguised", "unsure"))
    return [each for each in named if not any(innocent[each.start : each.end])]


def identifiers(text: str, found: list[Found]) -> list[tuple[int, int]]:
    """Return the spans that read like a number or account of a person."""
    spans = [each.span() for each in TOKEN.finditer(text)]
    spans += [each.span() for each in HIDDEN_DIGITS.finditer(text) if HAS_CHINESE_DIGIT.search(each.group())]
    things = [each.end for each in found if each.group == "not_identifiers"][:MOST]
    return [span for span in spans[:MOST] if not any(0 <= span[0] - end <= 6 for end in things)]


def best_pair(
    names: list[Found], tokens: list[tuple[int, int]], window: int
) -> tuple[Found | None, tuple[int, int] | None]:
    """Return the most telling name and the identifier within the window, disguised names first.

    A name that is unsure counts only with an identifier.
    """
    order = {"disguised": 0, "plain": 1, "unsure": 2}
    for each in sorted(names, key=lambda name: order[name.group]):
        beside = [span for span in tokens if -window <= span[0] - each.end <= window and is_apart(each, span)]
        if beside:
            return each, beside[0]
    sure = [each for each in names if each.group != "unsure"]
    return (min(sure, key=lambda name: order[name.group]), None) if sure else (None, None)


def is_apart(name: Found, span: tuple[int, int]) -> bool:
    """Return whether the identifier is not the name itself."""
    return span[1] > name.end or span[0] < name.start


def is_disguised(text: str, target: Found, token: tuple[int, int] | None, folded: Normalised) -> bool:
    """Return whether name or number is written in a way that hides it."""
    hidden = (
        token is not None
        and HAS_CHINESE_DIGIT.search(text[folded.offsets[token[0]] : folded.offsets[token[1] - 1] + 1]) is not None
    )
    stretched = folded.offsets[target.end - 1] - folded.offsets[target.start] >= target.end - target.start
    return target.group == "disguised" or hidden or stretched
