"""The column of a problem is that of the token, however YAML writes the text."""

from __future__ import annotations

import pytest
import yaml

from anxin.engine.policy.positions import line_starts, position_in_scalar

STYLES = [
    "when: a and {} or b",
    "when: 'a and {} or b'",
    'when: "a and {} or b"',
    "when: 'it''s ''x'' and {}'",
    'when: "say \\"x\\" \\u4e2d \\t and {}"',
    "when: >-\n  a and\n  {} or b",
    "when: >\n    a and\n    b and\n\n    c and {}",
    "when: |\n  a and\n    {} or b\n",
    "when: |-\n    a\n    and ({})",
    "when: a and\n  b and\n  {} or c",
    "when: 'a and\n  b and {} or c'",
    'when: "a and \\\n  b and {} or c"',
    "rules:\n  R1: {{when: 中文 and {}, verdict: hold}}",
    "when: >2-\n   a and\n  {}",
    "{}: 1",
]


@pytest.mark.parametrize("template", STYLES)
def test_positions_survive_every_style(template: str) -> None:
    text = template.format("TOKEN")
    node = scalar(yaml.compose(text, Loader=yaml.CSafeLoader))
    line, column = position_in_scalar(text, line_starts(text), node, node.value.index("TOKEN"))
    assert text.split("\n")[line - 1][column - 1 :].startswith("TOKEN")


def scalar(node: yaml.Node) -> yaml.ScalarNode:
    """Return the scalar that holds the token."""
    found = [node]
    while found:
        each = found.pop()
        if isinstance(each, yaml.ScalarNode) and "TOKEN" in each.value:
            return each
        if isinstance(each, yaml.MappingNode):
            found += [part for pair in each.value for part in pair]
    raise AssertionError(node)


def test_a_place_past_the_end_stays_in_the_file() -> None:
    text = "when: a"
    node = scalar(yaml.compose("when: TOKEN", Loader=yaml.CSafeLoader))
    assert position_in_scalar(text, line_starts(text), node, 500) == (1, 8)
