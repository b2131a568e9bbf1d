"""The lists of the policy in force, and by which fields its rules look them up."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from anxin.desk.decisioning.decisions.ids import row_range
from anxin.desk.decisioning.decisions.models import PublishedPolicy
from anxin.desk.decisioning.decisions.policies_then import files_of
from anxin.desk.decisioning.decisions.scope import Scope
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.ui.words import Words
from anxin.engine.errors import EngineError
from anxin.engine.policy.definition import Expression, ListEntry, Policy
from anxin.engine.policy.language import nodes
from anxin.engine.policy.loader import parse_policy
from anxin.engine.schema.types import FieldType

_PERSONAL = {each.value for each in FieldType if each.is_personal}


@dataclass(frozen=True)
class LookedUp:
    """A field that rules look up in a list: the kind of entity it names ("" for none), and its type when personal."""

    field: str
    entity_kind: str
    personal: str


@dataclass(frozen=True)
class DeclaredList:
    """One list as the policy declares it; `rules` are those that ask it, `first` its entries by the policy."""

    name: str
    words: Words
    colour: str
    kind: str
    owner: str
    policy: str
    first: tuple[ListEntry, ...]
    looked_up: tuple[LookedUp, ...]
    rules: tuple[str, ...]

    @property
    def personal(self) -> frozenset[str]:
        """Return the personal types it is looked up by."""
        return frozenset(each.personal for each in self.looked_up if each.personal)

    @property
    def is_all_personal(self) -> bool:
        """Return whether it is looked up by nothing but personal values."""
        return bool(self.looked_up) and all(each.personal for each in self.looked_up)


def lists_in_force(scope: Scope) -> Mapping[str, DeclaredList]:
    """Return the lists of the live policy by name; none as long as no policy was published."""
    start, end = row_range(scope.projection_id)
    rows = PublishedPolicy.objects.filter(id__gte=start, id__lt=end, role="live").order_by("-id")
    for row in rows[:5]:
        found = _declared(bytes(row.files))
        if found is not None:
            return found
    return {}


def get_declared(scope: Scope, name: str) -> DeclaredList:
    """Return one list of the policy in force; raise NotFound."""
    found = lists_in_force(scope).get(name)
    if found is None:
        raise NotFound
    return found


@functools.lru_cache(maxsize=8)
def _declared(files: bytes) -> Mapping[str, DeclaredList] | None:
    """Parse a policy once: that takes up to a second. None for one that the gateway refused too."""
    try:
        policy = parse_policy(files_of(PublishedPolicy(files=files)))
    except EngineError:
        return None
    fields: dict[str, set[LookedUp]] = defaultdict(set)
    rules: dict[str, list[str]] = defaultdict(list)
    for rule, expression in _expressions(policy):
        for node in expression.tree.walk():
            if isinstance(node, nodes.OnList):
                fields[node.list_name].update(_looked_up(node, policy))
                if rule and rule not in rules[node.list_name]:
                    rules[node.list_name].append(rule)
    return {
        name: DeclaredList(
            name,
            Words(each.text.zh, each.text.en),
            each.colour,
            each.kind,
            each.owner,
            policy.label,
            each.entries,
            tuple(sorted(fields[name], key=lambda found: found.field)),
            tuple(rules[name]),
        )
        for name, each in sorted(policy.lists.items())
    }


def _expressions(policy: Policy) -> Iterator[tuple[str, Expression]]:
    """Yield every expression of a policy with the rule it belongs to, "" for features."""
    yield from ((rule.id, rule.when) for rule in policy.rules)
    yield from (("", each.expression) for each in policy.computes.values())
    for feature in policy.features.values():
        yield from (("", step.where) for step in (feature.source, *feature.steps) if step.where is not None)


def _looked_up(node: nodes.OnList, policy: Policy) -> Iterator[LookedUp]:
    kind = node.item.type.value
    personal = kind if kind in _PERSONAL else ""
    for part in node.item.walk():
        if isinstance(part, nodes.Field):
            yield LookedUp(part.name, _entity_kind(part.name, policy), personal)


def _entity_kind(field: str, policy: Policy) -> str:
    for event in policy.schema.events.values():
        spec = event.fields.get(field)
        if spec is not None and spec.entity:
            return spec.entity
    return ""
