"""Measure the text checks on labelled development data, each source apart, beside the card's baseline.

Run: python -m benchmarks.checks_texts --data FOLDER. Rows are sampled with a fixed seed; none is kept.
Nothing is trained on the Chinese scam sets, but cues were written while reading misses of telecom_fraud_texts5,
chatfraud and teleantifraud (development rows): only sealed sources tell how the packs do on a source never seen.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from anxin.checkers.result import Checked
from anxin.checkers.texts.check import check_text
from anxin.checkers.texts.scoring import SUSPECTED
from benchmarks.tables import print_table

SEED, SAMPLE = 11, 1500
# What counts as scam or illegal service; abuse and rumours are other matters.
ILLEGAL = ("SC", "illegal_service", "gambling", "sexual", "drugs", "smishing_en")
# Plain linear model of the card: recall and false positives at 0.5 with the source left out of its training.
LEFT_OUT = {
    ("telecom_fraud_texts5", "1"): "0.370",
    ("teleantifraud_first_turn", "1"): "0.879",
    ("chatfraud", "1"): "0.348",
    ("telecom_fraud_texts5", "0"): "0.005",
    ("teleantifraud_first_turn", "0"): "0.059",
    ("chatfraud", "0"): "0.020",
    ("xhacker_sms", "0"): "0.308",
    ("jddc_sample", "0"): "0.033",
    ("cold", "0"): "0.009",
    ("online_shopping_10_cats", "0"): "0.002",
}
SHIPPED = "teleantifraud_first_turn"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    folder = parser.parse_args().data
    print_scams(folder)
    print_types(folder)
    print_other_sets(folder)
    print_speed()


def rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of one packed table."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def sampled(texts: list[str], size: int = SAMPLE) -> list[str]:
    """Return at most `size` texts, the same ones each run."""
    return texts if len(texts) <= size else random.Random(SEED).sample(texts, size)


def has_scam(checked: Checked) -> bool:
    """Return whether a scam or an illegal service is suspected, or a contact is smuggled."""
    types = checked.facts.get("types", "").split()
    smuggled = any(cue.code == "contact.evasion" for cue in checked.cues) and int(checked.facts["contact"]) >= SUSPECTED
    return smuggled or any(each.startswith(ILLEGAL) for each in types)


def has_type(*names: str) -> Callable[[Checked], bool]:
    """Return the question whether one of these packs is suspected."""
    return lambda checked: any(each.startswith(names) for each in checked.facts.get("types", "").split())


def share(texts: list[str], is_hit: Callable[[Checked], bool]) -> float:
    """Return the share of texts that hit."""
    return sum(is_hit(check_text(text)) for text in texts) / max(1, len(texts))


def print_scams(folder: Path) -> None:
    """Print recall and false positives of each source of the unified Chinese set."""
    groups: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for row in rows(folder / "scam_text_zh" / "unified_scam_zh.csv.gz"):
        groups[row["source"], row["label"], row["kind"]].append(row["text"])
    table = []
    for (source, label, kind), texts in sorted(groups.items(), key=lambda each: (each[0][1], each[0][0]), reverse=True):
        texts = sampled(texts)
        measure = "recall" if label == "1" else "false positives"
        mark = " (ship)" if source == SHIPPED else ""
        found = f"{share(texts, has_scam):.3f}"
        table.append([f"{source}{mark}", kind, str(len(texts)), measure, found, LEFT_OUT.get((source, label), "–")])
    headings = ["source (unified_scam_zh)", "kind", "rows", "measure", "packs", "card, left out"]
    print_table(
        "Chinese scam texts, suspected or more; cues written beside these development rows, nothing trained",
        headings,
        table,
    )


def print_types(folder: Path) -> None:
    """Print whole calls and the named kind of telecom_fraud_texts5."""
    calls: dict[str, list[str]] = defaultdict(list)
    with gzip.open(folder / "scam_text_zh" / "teleantifraud_dialogues.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            call = json.loads(line)
            calls[str(call["label"])].append(" ".join(turn["text"] for turn in call["turns"]))
    table = [
        ["teleantifraud_dialogues (ship)", "whole call", "recall", f"{share(sampled(calls['1'], 400), has_scam):.3f}"],
        ["teleantifraud_dialogues (ship)", "whole call", "FPR", f"{share(sampled(calls['0'], 400), has_scam):.3f}"],
    ]
    wanted = {
        "impersonate_police_gov": ("SC07",),
        "impersonate_customer_service": ("SC04", "SC06", "SC11"),
        "impersonate_leader_friend": ("SC08", "SC12"),
        "loan": ("SC06",),
    }
    groups: dict[str, list[str]] = defaultdict(list)
    for row in rows(folder / "scam_text_zh" / "telecom_fraud_texts5.csv.gz"):
        groups[row["category"]].append(row["text"])
    for category, names in wanted.items():
        found = share(sampled(groups[category], 400), lambda checked, names=names: leading(checked) in names)
        table.append(["telecom_fraud_texts5", category, f"first type in {'/'.join(names)}", f"{found:.3f}"])
    print_table("Calls and named types", ["source", "part", "measure", "packs"], table)


def leading(checked: Checked) -> str:
    """Return the likeliest type."""
    return checked.facts.get("types", "").partition(":")[0]


def print_other_sets(folder: Path) -> None:
    """Print smishing, group advertisements and offensive posts."""
    sms: dict[str, list[str]] = defaultdict(list)
    for row in rows(folder / "scam_text_en" / "smishing_5971.csv.gz"):
        part = "in training" if row["in_sms_spam_collection"] == "1" else "new"
        sms[f"{row['category']}, {part}"].append(row["text"])
    table = [
        [
            "smishing_5971",
            f"{name}: share suspected",
            f"{share(sampled(texts), has_scam):.3f}",
            "R@1%FPR 0.977 (trained)",
        ]
        for name, texts in sorted(sms.items())
    ]
    advertised = labelled(folder / "content_zh" / "qq_group_ads.csv.gz")
    led = f1(advertised, lambda checked: "group_ads_zh" in checked.facts.get("leans", ""))
    table.append(["qq_group_ads", "F1 of the shipped head, leaning, rows it learnt", f"{led:.3f}", "0.747 (trained)"])
    posts = labelled(folder / "content_zh" / "cold.csv.gz", part="test")
    found = f1(posts, has_type("abuse", "violent", "sexual", "offensive_zh"))
    table.append(["cold, official test", "F1", f"{found:.3f}", "0.765 (trained)"])
    leaning = f1(posts, lambda checked: "offensive_zh" in checked.facts.get("leans", ""))
    table.append(["cold, official test", "F1 of the shipped head, leaning", f"{leaning:.3f}", "0.765 (trained)"])
    print_table("Other sets", ["set", "measure", "shipped", "card"], table)


def labelled(path: Path, part: str = "") -> list[tuple[str, str]]:
    """Return texts with labels, of one official part when it is named."""
    return [(row["text"], row["label"]) for row in rows(path) if not part or row["orig_split"] == part]


def f1(texts: list[tuple[str, str]], is_hit: Callable[[Checked], bool]) -> float:
    """Return the F1 of label 1."""
    return f1_of([(is_hit(check_text(text)), label == "1") for text, label in texts])


def f1_of(hits: list[tuple[bool, bool]]) -> float:
    """Return the F1 of pairs: found, wanted."""
    right = sum(hit and wanted for hit, wanted in hits)
    return 2 * right / max(1, sum(hit for hit, _ in hits) + sum(wanted for _, wanted in hits))


def print_speed() -> None:
    """Print the time of 500 characters, one with many cues and one with none."""
    busy = "您好,这里是平台客服,您购买的商品有质量问题,双倍理赔请下载会议软件共享屏幕,把验证码告诉我。" * 11
    quiet = "今天的菜很新鲜,下次还会再来买,送货的师傅也很有礼貌,包装完整没有破损,孩子特别喜欢吃。" * 12
    table = []
    for name, text in (("many cues", busy[:500]), ("no cue", quiet[:500])):
        times = []
        for _ in range(200):
            begun = time.perf_counter()
            check_text(text)
            times.append(time.perf_counter() - begun)
        table.append([name, f"{sorted(times)[100] * 1e6:.0f} µs", f"{sorted(times)[198] * 1e6:.0f} µs"])
    print_table("500 characters, all packs", ["text", "median", "99 %"], table)


if __name__ == "__main__":
    main()
