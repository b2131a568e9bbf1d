"""What a link looks like, as named features for a linear model: pieces of host and path, and coarse counts."""

from __future__ import annotations

import math
import re
from itertools import pairwise

from anxin.checkers.links.address import Address
from anxin.checkers.links.domain import Domain

_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[a-z]{2,24}|0+")
_HEX = re.compile(r"(?=[a-z]*\d)[0-9a-f]{12,64}(?![0-9a-z])")
_PARTS = re.compile(r"[.\-_]")
MAX_HOST, MAX_PATH, MAX_PIECES = 80, 160, 600


def lexical_features(address: Address, domain: Domain) -> set[str]:
    """Return the features of one link: scheme, `www.` and letter case do not matter."""
    host = address.host[4:] if address.host.startswith("www.") else address.host
    before = domain.before.removeprefix("www").removeprefix(".")
    tail = address.decoded.lower()
    found = _host_features(host[:MAX_HOST], before[:MAX_HOST], domain)
    found.update(_counts(host, before, tail, address, domain))
    found.update(_tail_features(tail[:MAX_PATH], domain))
    return found


def _host_features(host: str, before: str, domain: Domain) -> set[str]:
    label = domain.label[:MAX_HOST]
    spelled = f"^{label}$"
    found = {f"s:{domain.suffix}"}
    for size in (2, 3, 4, 5):
        found.update([f"h{spelled[at : at + size]}" for at in range(len(spelled) - size + 1)])
    if before:
        spelled = f"^{before}$"
        for size in (3, 4, 5):
            found.update([f"b{spelled[at : at + size]}" for at in range(len(spelled) - size + 1)])
    for part in _PARTS.split(host):
        found.add(f"w:{_DIGITS.sub('0', part)}")
    if domain.is_lent:
        found.add(f"r:{domain.registrable}")
    else:
        found.add(f"d:{domain.site}")
    return found


def _tail_features(tail: str, domain: Domain) -> set[str]:
    if len(tail) < 2:
        return {"t:none"}
    folded = _DIGITS.sub("0", _HEX.sub("#", tail))
    words = _WORD.findall(folded)
    found = {f"p:{word}" for word in words[:40]}
    found.update([f"q:{one}_{two}" for one, two in pairwise(words[:12])])
    for size in (3, 4):
        found.update([f"t{folded[at : at + size]}" for at in range(len(folded) - size + 1)])
    last = folded.partition("?")[0].rpartition("/")[2]
    if "." in last:
        found.add(f"e:{last.rpartition('.')[2][:6]}")
    found.add(f"a:{folded[:8]}")
    found.add(f"x:{_shape(tail[:24])}")
    return found


def _counts(host: str, before: str, tail: str, address: Address, domain: Domain) -> list[str]:
    label = domain.label
    digits = sum(map(str.isdigit, label))
    depth = tail.partition("?")[0].count("/")
    bare = "bare" if len(tail) < 2 else "deep"
    counts = {
        "hostlen": _step(len(host), 4),
        "labellen": _step(len(label), 3),
        "labels": min(before.count(".") + bool(before), 5),
        "hyphens": min(label.count("-"), 4),
        "subhyphens": min(before.count("-"), 4),
        "digits": min(digits, 5),
        "subdigits": min(sum(map(str.isdigit, before)), 6),
        "taillen": _step(len(tail), 12),
        "depth": min(depth, 8),
        "query": min(tail.count("=") + tail.count("&"), 6),
        "vowels": int(6 * sum(map("aeiou".count, label)) / (len(label) or 1)),
        "mess": int(2 * _entropy(label)),
        "taildigits": _step(sum(map(str.isdigit, tail)), 4),
    }
    found = [f"n:{name}={value}" for name, value in counts.items()]
    found += [f"n:{bare}:{name}={counts[name]}" for name in ("labellen", "labels", "hyphens", "digits", "mess")]
    found += [f"n:{bare}:s:{domain.suffix}", f"n:lent={domain.is_lent}", f"n:{bare}:lent={domain.is_lent}"]
    found += [f"n:ip={address.ip_form}", f"n:port={address.port is not None}", f"n:{bare}"]
    return found


def _step(count: int, width: int) -> int:
    return min(count // width, 10)


def _shape(text: str) -> str:
    spelled = re.sub(r"[A-Za-z]+", "a", _DIGITS.sub("0", text))
    return spelled[:12]


def _entropy(text: str) -> float:
    size = len(text) or 1
    return -sum(text.count(one) / size * math.log2(text.count(one) / size) for one in set(text))
