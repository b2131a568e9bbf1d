"""The catalogue page of a policy: its rules and features as Markdown tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from anxin.engine.policy.definition import ComputeFeature, NamedValue, Policy, Rule, WindowFeature
from anxin.engine.policy.language import nodes
from anxin.engine.policy.language.currency import EXPONENTS
from anxin.engine.policy.language.nodes import Node
from anxin.engine.policy.language.types import Type
from anxin.engine.policy.loader import load_policy
from anxin.starter.folder import starter_folder

STARTER_FOLDER = starter_folder()
_UNITS = (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1))
_CATALOGUE_FEATURES = range(1, 53)
REMARKS = {
    "F01": "none asks: RA01 counts an account's failures over 30 minutes, RA02 the accounts that fail at one source",
    "F14": "none asks: a shared phone of receivers shows in events, but is no entity that windows count by",
    "F16": "over 30 days instead of 180, as exact medians reach no further; not below half of the median",
    "F24": "none asks: RT10 looks at the share of value",
    "F28": "by the share of suspicious receipts at one shop; the density of a graph is a batch job",
    "F31": "by equal fingerprints of texts; likeness of different texts is a batch job",
    "F44": "read from the event: who is likely a minor is for the platform to say",
    "F47": "against a person's own past; the comparison with colleagues is a daily report",
    "F50": "none can: what became of dismissed alerts is known only later, by people: a report",
    "F51": "by windows of 30 and 180 days instead of a half-life",
}
"""What is looked at otherwise than the risk catalogue says, or not at all, and why."""
_INTRODUCTION = """\
# The starter policy

The policy Anxin ships, rule by rule and feature by feature. This page is made from `src/anxin/starter`;
write it anew with `python -m anxin.starter.catalogue`. Thresholds, lists and actions are explained in
`src/anxin/starter/README.md`.
"""


def load_starter(*, today: date | None = None) -> Policy:
    """Return the shipped policy; `today` lets expired rules be told as warnings."""
    return load_policy(STARTER_FOLDER, today=today)


def render_catalogue(policy: Policy) -> str:
    """Return the page of `policy` as Markdown, the same whatever the order of its files."""
    rules = sorted(policy.rules, key=lambda rule: rule.id)
    verdicts = [rule.verdict.word for rule in rules]
    counted = ", ".join(f"{verdicts.count(word)} {word}" for word in dict.fromkeys(sorted(verdicts)))
    parts = [
        _INTRODUCTION,
        f"\n{len(rules)} rules ({counted}); {len(policy.features) + len(policy.computes)} features.\n",
        "\n## Rules\n\n",
        _table(
            ("id", "规则", "rule", "on", "verdict", "severity", "score", "needs", "source"), _rule_rows(policy, rules)
        ),
        "\n## Features\n\n",
        _table(("name", "特征", "feature", "what", "by", "over", "used by"), _feature_rows(policy, rules)),
        "\n## Thresholds\n\nThe first variation that fits an event's business line and region holds for it.\n\n",
        _table(("name", "value", "variations", "used by"), _threshold_rows(policy, rules)),
        "\n## The risk catalogue's features\n\nWhich rules look at each, and what is done otherwise.\n\n",
        _table(("id", "rules", "remark"), _risk_rows(rules)),
        "\n## Lists\n\n",
        _table(("name", "名单", "list", "used by"), _list_rows(policy, rules)),
    ]
    return "".join(parts)


def features_of(policy: Policy, rule: Rule) -> set[str]:
    """Return the names of all features `rule` looks at, also those inside computed features."""
    return set(_feature_names(policy, rule.when.tree))


def lists_of(policy: Policy, rule: Rule) -> set[str]:
    """Return the names of the lists `rule` looks into."""
    return {each.list_name for each in rule.when.tree.walk() if isinstance(each, nodes.OnList)}


def _feature_names(policy: Policy, tree: Node) -> Iterator[str]:
    for each in tree.walk():
        if isinstance(each, (nodes.Feature, nodes.Compute)):
            yield each.name
        if isinstance(each, nodes.Compute):
            yield from _feature_names(policy, policy.computes[each.name].expression.tree)


def _rule_rows(policy: Policy, rules: Iterable[Rule]) -> Iterator[tuple[str, ...]]:
    for rule in rules:
        needs = sorted(features_of(policy, rule)) + [f'list "{name}"' for name in sorted(lists_of(policy, rule))]
        score = "" if rule.score is None else f"{rule.score:g}"
        yield (
            rule.id, rule.title.zh, rule.title.en, ", ".join(rule.on), rule.verdict.word, str(rule.severity), score,
            ", ".join(needs) or "the event alone", rule.source,
        )  # fmt: skip


def _feature_rows(policy: Policy, rules: list[Rule]) -> Iterator[tuple[str, ...]]:
    users = {rule.id: features_of(policy, rule) for rule in rules}
    features: dict[str, WindowFeature | ComputeFeature] = {**policy.features, **policy.computes}
    for name, feature in sorted(features.items()):
        used_by = ", ".join(rule_id for rule_id, names in users.items() if name in names) or "–"
        yield (name, feature.text.zh, feature.text.en, *_shape(feature), used_by)


def _shape(feature: WindowFeature | ComputeFeature) -> tuple[str, str, str]:
    if isinstance(feature, ComputeFeature):
        return f"`{feature.expression.source}`", "", ""
    what = feature.aggregate.name.lower() + (f" {feature.value}" if feature.value else "")
    of = " / ".join(feature.source.of) + (f" where `{feature.source.where.source}`" if feature.source.where else "")
    over = _duration(feature.window_ms) + (f", delay {_duration(feature.delay_ms)}" if feature.delay_ms else "")
    return f"{what} of {of}", ", ".join(feature.by), over


def _threshold_rows(policy: Policy, rules: list[Rule]) -> Iterator[tuple[str, ...]]:
    for name, value in sorted(policy.values.items()):
        variations = (
            f"{' '.join(wanted for _, wanted in each.when)}: {_written(value, each.value)}" for each in value.overrides
        )
        users = (rule.id for rule in rules if any(_is_named(node, name) for node in rule.when.tree.walk()))
        yield name, _written(value, value.value), "; ".join(variations), ", ".join(users) or "computed features"


def _is_named(node: Node, name: str) -> bool:
    return isinstance(node, nodes.Named) and node.name == name


def _written(value: NamedValue, amount: object) -> str:
    """Return a threshold as the policy writes it: money by currency, spans of time by their largest unit."""
    if value.currency is not None and isinstance(amount, int):
        return f"{amount / 10 ** EXPONENTS.get(value.currency, 2):,.15g} {value.currency}"
    if value.type is Type.DURATION and isinstance(amount, int):
        return _duration(amount)
    return str(amount)


def _risk_rows(rules: list[Rule]) -> Iterator[tuple[str, ...]]:
    for number in _CATALOGUE_FEATURES:
        feature = f"F{number:02d}"
        looking = [rule.id for rule in rules if feature in re.findall(r"F\d\d\b", rule.source)]
        yield feature, ", ".join(looking) or "–", REMARKS.get(feature, "")


def _duration(milliseconds: int) -> str:
    if not milliseconds:
        return "ever"
    unit, size = next((unit, size) for unit, size in _UNITS if milliseconds % size == 0)
    return f"{milliseconds // size}{unit}"


def _list_rows(policy: Policy, rules: list[Rule]) -> Iterator[tuple[str, ...]]:
    for name, declared in sorted(policy.lists.items()):
        used_by = ", ".join(rule.id for rule in rules if name in lists_of(policy, rule))
        yield name, declared.text.zh, declared.text.en, used_by or "–"


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def main() -> None:
    """Write the page of the shipped policy into the repository's docs."""
    page = STARTER_FOLDER.parents[2] / "docs" / "starter-policy.md"
    page.write_text(render_catalogue(load_starter()), encoding="utf-8")


if __name__ == "__main__":
    main()
