"""What the rules of the policy in force are called, so that no page shows a bare code."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import yaml

from anxin.desk.decisioning.decisions.models import PublishedPolicy
from anxin.desk.decisioning.decisions.policies_then import files_of
from anxin.desk.decisioning.decisions.scope import find_scope
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.yaml_files import parse_yaml
from anxin.desk.foundation.ui.words import Words, say

Titles = Mapping[str, Words]
NO_TITLES: Titles = {}


def rule_titles(by: Actor) -> Titles:
    """Return the titles of the live policy's rules by code; none as long as no policy was published."""
    scope = find_scope(by)
    if scope is None:
        return NO_TITLES
    start, end = scope.rows
    rows = PublishedPolicy.objects.filter(id__gte=start, id__lt=end, role="live").order_by("-id")
    latest = rows.values_list("id", "label", "at").first()
    return _titles(*latest) if latest is not None else NO_TITLES


def titled(code: str, titles: Titles) -> str:
    """Return a rule as people read it: its title, then its code; the code alone where no title is known."""
    found = titles.get(code)
    return f"{say(found)} {code}" if found is not None else code


@functools.lru_cache(maxsize=8)
def _titles(published_id: int, label: str, at: int) -> Titles:
    """Read the titles of one publication, once; `label` and `at` tell namesakes apart."""
    found: dict[str, Words] = {}
    for text in files_of(PublishedPolicy.objects.get(pk=published_id)).values():
        try:
            document = parse_yaml(text)
        except yaml.YAMLError:
            continue
        rules = document.get("rules") if isinstance(document, dict) else None
        for code, rule in rules.items() if isinstance(rules, dict) else ():
            title = rule.get("title") if isinstance(rule, dict) else None
            if isinstance(title, dict) and isinstance(title.get("zh"), str) and isinstance(title.get("en"), str):
                found[str(code)] = Words(title["zh"], title["en"])
    return found
