"""Names in the texts of a rule that are filled in from the event."""

from __future__ import annotations

import string

from anxin.engine.policy.definition import Rule


def placeholder_names(rule: Rule) -> set[str]:
    """Return the names that the rule's texts mention in braces."""
    texts = (rule.reasons.agent, rule.reasons.auditor)
    return {
        name
        for text in texts
        for sentence in (text.zh, text.en)
        for _, name, _, _ in string.Formatter().parse(sentence)
        if name
    }
