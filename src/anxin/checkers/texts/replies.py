"""Check what a member of staff is about to send, and offer a better sentence."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

import msgspec

from anxin.checkers.normalise.normalised import Normalised
from anxin.checkers.normalise.text import normalise
from anxin.checkers.result import Advice, Checked, Cue, Words, level_of
from anxin.checkers.texts.matching import READ_CHARACTERS, Matcher
from anxin.checkers.texts.packs import DATA, CueSpec, add_cues, read_file

HOST = re.compile(r"(?:https?://)?((?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.){1,6}[a-z]{2,12})(?![a-z0-9@])")


class ReplyRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words staff must not send, and what to send instead."""

    zh: str
    en: str
    weight: float
    better: Words
    phrases: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    negatable: bool = True


class ReplyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All rules for replies."""

    owner: str
    dated: date
    review_by: date
    source: str
    confidence: str
    rules: dict[str, ReplyRule]
    link: Words
    link_better: Words
    link_weight: float


@cache
def reply_rules() -> tuple[ReplyFile, Matcher]:
    """Return the shipped rules, compiled at the first call."""
    path = DATA / "replies.yaml"
    file = read_file(path, ReplyFile)
    specs: dict[str, CueSpec] = {}
    for code, rule in file.rules.items():
        form = CueSpec(rule.zh, rule.en, "term", rule.weight, rule.phrases, rule.patterns, negatable=rule.negatable)
        add_cues(specs, {code: form}, path)
    return file, Matcher(specs)


def check_reply(text: str, *, official_domains: frozenset[str] = frozenset()) -> Checked:
    """Return what is wrong with a reply; `advice.say` holds a better sentence for each finding, worst first.

    A link is official when its host is one of the domains or below one.
    """
    file, matcher = reply_rules()
    folded = normalise(text[:READ_CHARACTERS])
    hits = sorted(matcher.find(folded.text), key=lambda hit: -file.rules[hit.code].weight)
    cues, better = [], []
    for hit in hits:
        rule = file.rules[hit.code]
        start, end = place_of(folded, hit.start, hit.end)
        cues.append(Cue(f"reply.{hit.code}", Words(rule.zh, rule.en), rule.weight, start, end, "replies"))
        better.append(rule.better)
    for found in HOST.finditer(folded.text):
        if not is_official(found.group(1), official_domains) and "@" not in folded.text[: found.start()][-1:]:
            start, end = place_of(folded, found.start(), found.end())
            cues.append(Cue("reply.link", file.link, file.link_weight, start, end, "replies"))
            better.append(file.link_better)
    score = min(100.0, max((cue.weight for cue in cues), default=0.0) + 5 * max(0, len(cues) - 1))
    return Checked("text", level_of(score), score, tuple(cues), Advice(say=tuple(dict.fromkeys(better))))


def place_of(folded: Normalised, start: int, end: int) -> tuple[int, int]:
    """Return a span of the folded text as one of the original."""
    return folded.offsets[start], folded.offsets[end - 1] + 1


def is_official(host: str, domains: frozenset[str]) -> bool:
    """Return whether the host is one of the domains or below one."""
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)
