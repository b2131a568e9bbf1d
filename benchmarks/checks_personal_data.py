"""How well personal data is found: precision, recall and F1 per kind and set, on the development part."""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from anxin.checkers.personal_data.text import find

# Labels of each set as kinds of ours. What is not listed is not measured in that set.
SETS: dict[str, dict[str, str]] = {
    "multipriv_zh": {
        "PERSON": "person", "ADDRESS": "address", "ID_CARD": "resident_id", "PHONE": "phone", "EMAIL": "email",
    },
    "multipriv_en": {
        "PERSON": "person", "ADDRESS": "address", "ID_CARD": "resident_id", "PHONE": "phone", "EMAIL": "email",
    },
    "presidio_synth_en": {
        "PERSON": "person", "STREET_ADDRESS": "address", "CREDIT_CARD": "bank_card", "PHONE_NUMBER": "phone",
        "EMAIL_ADDRESS": "email", "IBAN_CODE": "iban", "US_SSN": "social_security", "IP_ADDRESS": "ip",
    },
    "resume_ner": {"NAME": "person"},
    "cluener": {"name": "person"},
}  # fmt: skip
LEAST_AGREEMENT = 0.5
# Some of its addresses are labelled in parts, the postal block of a letter in four: counted joined as well.
PARTED = "presidio_synth_en"
JOINED = "address, parts joined"
# Its rows open with the name of the person they tell of, which is not labelled unless it is written oddly.
UNLABELLED = "multipriv_en"
LABELLED = "person, unlabelled opening name left out"
WHOLE_ROW = "zh_address_parsing"
COVERED = 0.8


def rows(folder: Path, name: str, most: int) -> Iterator[dict[str, Any]]:
    """Yield the first rows of a set."""
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for _, line in zip(range(most), lines, strict=False):
            yield json.loads(line)


def agreement(one: tuple[int, int], other: tuple[int, int]) -> float:
    """Return the shared part of two ranges, 0–1."""
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return shared / (max(one[1], other[1]) - min(one[0], other[0])) if shared > 0 else 0.0


def with_joined_addresses(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row with an address that is labelled in parts (number, street, flat, place) as one entity."""
    parts = sorted(
        (each for each in row["entities"] if each["type"] in ("STREET_ADDRESS", "GPE")), key=lambda each: each["start"]
    )
    joined: list[dict[str, Any]] = []
    for each in parts:
        last = joined[-1] if joined else None
        if last and not re.sub(r"[\s,.|>?]", "", row["text"][last["end"] : each["start"]]):
            kinds = {last["type"], each["type"]}
            joined[-1] = {**last, "end": each["end"], "type": "STREET_ADDRESS" if len(kinds) > 1 else each["type"]}
        else:
            joined.append(each)
    others = [each for each in row["entities"] if each["type"] not in ("STREET_ADDRESS", "GPE")]
    return {**row, "entities": others + joined}


def count(row: dict[str, Any], kinds: dict[str, str], totals: dict[str, Counter[str]], misses: Counter[str]) -> None:
    """Add one row's hits and misses to the totals."""
    wanted = defaultdict(list)
    for each in row["entities"]:
        if each["type"] in kinds:
            wanted[kinds[each["type"]]].append((each["start"], each["end"]))
    spans = find(row["text"])
    for kind in set(kinds.values()):
        found = [(each.start, each.end) for each in spans if each.kind == kind]
        totals[kind]["found"] += len(found)
        totals[kind]["wanted"] += len(wanted[kind])
        totals[kind]["exact"] += len(set(found) & set(wanted[kind]))
        for each in found:
            hit = any(agreement(each, other) >= LEAST_AGREEMENT for other in wanted[kind])
            totals[kind]["right"] += hit
            misses[f"{kind} false: {row['text'][each[0] : each[1]]}"] += not hit
        for each in wanted[kind]:
            hit = any(agreement(each, other) >= LEAST_AGREEMENT for other in found)
            totals[kind]["reached"] += hit
            misses[f"{kind} missed: {row['text'][each[0] : each[1]]}"] += not hit


def count_joined(row: dict[str, Any], totals: dict[str, Counter[str]]) -> None:
    """Add one row's addresses, parts joined, to the totals."""
    alone: dict[str, Counter[str]] = defaultdict(Counter)
    count(with_joined_addresses(row), {"STREET_ADDRESS": "address"}, alone, Counter())
    totals[JOINED].update(alone["address"])


def count_labelled_people(row: dict[str, Any], totals: dict[str, Counter[str]]) -> None:
    """Add one row's names to the totals, the name that opens the row left out where the set does not label it."""
    opening = set(row["text"].replace(",", " ").split()[:3])
    wanted = [(each["start"], each["end"]) for each in row["entities"] if each["type"] == "PERSON"]
    found = [(each.start, each.end) for each in find(row["text"]) if each.kind == "person"]
    total = totals[LABELLED]
    for each in found:
        hit = any(agreement(each, other) >= LEAST_AGREEMENT for other in wanted)
        if hit or not opening.issuperset(row["text"][each[0] : each[1]].split()):
            total["found"] += 1
            total["right"] += hit
    total["wanted"] += len(wanted)
    total["reached"] += sum(any(agreement(each, other) >= LEAST_AGREEMENT for other in found) for each in wanted)


def shares(total: Counter[str]) -> tuple[float, float, float, float]:
    """Return precision, recall, F1 by overlap and F1 by exact range."""
    precision, recall = total["right"] / (total["found"] or 1), total["reached"] / (total["wanted"] or 1)
    overlap = 2 * precision * recall / ((precision + recall) or 1)
    return precision, recall, overlap, 2 * total["exact"] / ((total["found"] + total["wanted"]) or 1)


def whole_share(seen: Sequence[dict[str, Any]]) -> float:
    """Return the share of rows, each one address, of which at least 80 % is found."""
    covered = 0
    for row in seen:
        spans = [each for each in find(row["text"]) if each.kind == "address"]
        covered += sum(each.end - each.start for each in spans) >= COVERED * len(row["text"])
    return covered / (len(seen) or 1)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line per set and kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of the data sets on personal data")
    parser.add_argument("--most", type=int, default=3000, help="rows a set")
    parser.add_argument("--misses", type=int, default=0, help="how many of the commonest misses to show for each set")
    chosen = parser.parse_args(arguments)
    for name, kinds in SETS.items():
        totals: dict[str, Counter[str]] = defaultdict(Counter)
        misses: Counter[str] = Counter()
        for row in rows(chosen.folder, name, chosen.most):
            count(row, kinds, totals, misses)
            if name == PARTED:
                count_joined(row, totals)
            if name == UNLABELLED:
                count_labelled_people(row, totals)
        for kind, total in sorted(totals.items()):
            precision, recall, overlap, exact = shares(total)
            figures = f"P {precision:.3f} R {recall:.3f} F1 {overlap:.3f} exact {exact:.3f}"
            print(f"{name:18} {kind:16} n={total['wanted']:5} {figures}")
        for what, times in misses.most_common(chosen.misses):
            print(f"    {times:4} {what!r}")
    whole = list(rows(chosen.folder, WHOLE_ROW, chosen.most))
    print(
        f"{WHOLE_ROW:18} address          n={len(whole):5} R {whole_share(whole):.3f} (at least 80 % of the row found)"
    )


if __name__ == "__main__":
    main()
