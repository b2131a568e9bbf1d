"""Proving a signature before it is published: its own examples must behave, and it must be able to run."""

from __future__ import annotations

import re

import msgspec
import re2

from anxin.checkers.images.look_alike import LEAST_QUALITY, find_look_alike, known_picture
from anxin.checkers.links.address import parse_address
from anxin.checkers.links.domain import split_domain
from anxin.checkers.links.lists import ListEntryRefused, black_entry, white_entry
from anxin.checkers.normalise.text import normalise
from anxin.checkers.phones.number import read_number
from anxin.checkers.signatures.errors import SignatureRefused
from anxin.checkers.signatures.force import COMPARED, cue_specs
from anxin.checkers.signatures.signature import (
    AnySignature,
    HashedSignature,
    ImageSignature,
    LinkSignature,
    PhoneSignature,
    TextSignature,
    size_of,
)
from anxin.checkers.signatures.tokens import names_of
from anxin.checkers.texts.campaigns import Campaigns
from anxin.checkers.texts.matching import Matcher

# A compiled pattern of more instructions is refused: bounded repeats of wide classes explode.
PATTERN_SIZE = 4000
FEWEST_EXAMPLES = 2
_PICTURE = re.compile(r"[0-9a-f]{64}")


def prove(signature: AnySignature) -> AnySignature:
    """Run all that a signature says of itself; return it in canonical form, or raise SignatureRefused."""
    if signature.valid_until <= signature.valid_from:
        raise _refused(signature, "valid_until", "失效日期不晚于生效日期", "it ends before it begins")
    if not size_of(signature):
        raise _refused(signature, "", "没有任何内容", "it has nothing to look for")
    if isinstance(signature, LinkSignature):
        return _prove_link(signature)
    if isinstance(signature, TextSignature):
        _prove_text(signature)
    elif isinstance(signature, PhoneSignature):
        _prove_phone(signature)
    else:
        _prove_hashes(signature)
    return signature


def _prove_text(signature: TextSignature) -> None:
    for place, pattern in enumerate(signature.patterns):
        _prove_pattern(signature, pattern, f"patterns.{place}")
    for place, line in enumerate(signature.near):
        if " .. " not in line or any(not word.strip() for group in line.split(" .. ") for word in group.split("|")):
            raise _refused(signature, f"near.{place}", "两侧都要有词", "it needs words on both sides of ' .. '")
    _require(signature, FEWEST_EXAMPLES)
    specs = cue_specs([signature])
    matcher = Matcher(specs) if specs else None
    samples = Campaigns()
    known = [samples.add(each[:COMPARED], at_ms=0) for each in signature.samples]
    if None in known:
        raise _refused(signature, f"samples.{known.index(None)}", "样本太短", "the sample says too little")

    def hits(text: str) -> bool:
        is_written = matcher is not None and bool(matcher.find(normalise(text).text))
        return is_written or (bool(known) and samples.find(text[:COMPARED]) is not None)

    for place, text in enumerate(signature.tests.positive):
        if not hits(text):
            raise _refused(signature, f"tests.positive.{place}", "正例没有命中", "the positive example is not hit")
    for place, text in enumerate(signature.tests.negative):
        if hits(text):
            raise _refused(signature, f"tests.negative.{place}", "反例被命中", "the negative example is hit")


def _prove_pattern(signature: TextSignature, pattern: str, field: str) -> None:
    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(pattern, options=options)
    except re2.error as problem:
        raise _refused(signature, field, f"表达式不可用：{problem}", f"the pattern cannot run: {problem}") from None
    if compiled.programsize > PATTERN_SIZE:
        raise _refused(signature, field, "表达式过大", "the pattern is too large")
    if compiled.search(""):
        raise _refused(signature, field, "表达式会命中空文本", "the pattern matches the empty text")


def _prove_link(signature: LinkSignature) -> LinkSignature:
    entry = black_entry if signature.side == "black" else white_entry
    listed: dict[str, None] = {}
    for place, value in enumerate(signature.values):
        try:
            listed[entry(value)] = None
        except ListEntryRefused:
            # Without the value: this goes into the journal too, and a link may hold personal data.
            words = "不是可登记的域名或链接", "it is not a registrable domain or a link to one"
            raise _refused(signature, f"values.{place}", *words) from None
    _require(signature, 1)
    for wanted, examples in ((True, signature.tests.positive), (False, signature.tests.negative)):
        word = "positive" if wanted else "negative"
        for place, link in enumerate(examples):
            address = parse_address(link)
            names = names_of(address, split_domain(address.host)) if address is not None else ()
            if any(name in listed for name in names) is not wanted:
                raise _refused(signature, f"tests.{word}.{place}", "示例结果不符", "the example behaves otherwise")
    return msgspec.structs.replace(signature, values=tuple(listed))


def _prove_phone(signature: PhoneSignature) -> None:
    numbers = set()
    for place, value in enumerate(signature.values):
        found = read_number(value)
        if found.kind == "malformed":
            raise _refused(signature, f"values.{place}", "不是电话号码", "it is not a phone number")
        numbers.add(found.digits)
    if not signature.values:
        # Numbers that are hashes already left their examples, which are numbers too, in the file.
        return
    _require(signature, 1)
    for wanted, examples in ((True, signature.tests.positive), (False, signature.tests.negative)):
        word = "positive" if wanted else "negative"
        for place, number in enumerate(examples):
            if (read_number(number).digits in numbers) is not wanted:
                raise _refused(signature, f"tests.{word}.{place}", "示例结果不符", "the example behaves otherwise")


def _prove_hashes(signature: ImageSignature | HashedSignature) -> None:
    if isinstance(signature, HashedSignature):
        return
    _require(signature, 1)
    known = [known_picture(each, signature.id) for each in signature.hashes]
    for wanted, examples in ((True, signature.tests.positive), (False, signature.tests.negative)):
        word = "positive" if wanted else "negative"
        for place, picture in enumerate(examples):
            if not _PICTURE.fullmatch(picture):
                raise _refused(signature, f"tests.{word}.{place}", "不是图片指纹", "it is no hash")
            if (find_look_alike(picture, LEAST_QUALITY, known) is not None) is not wanted:
                raise _refused(signature, f"tests.{word}.{place}", "示例结果不符", "the example behaves otherwise")


def _require(signature: AnySignature, fewest: int) -> None:
    if min(len(signature.tests.positive), len(signature.tests.negative)) < fewest:
        raise _refused(
            signature,
            "tests",
            f"正例和反例各至少 {fewest} 个",
            f"it needs {fewest} positive and {fewest} negative examples",
        )


def _refused(signature: AnySignature, field: str, zh: str, en: str) -> SignatureRefused:
    return SignatureRefused(zh, en, signature=signature.id, field=field)
