"""`{% kept value … %}…{% endkept %}` in templates: drawn once for each language and these values."""

from __future__ import annotations

from collections.abc import Hashable

from django.template import Context
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.utils.safestring import SafeString
from django.utils.translation import get_language

MOST_KEPT = 128
"""How many drawings one place keeps: as many as there are sets of rights and rooms in use, or it begins anew."""


class _Kept(Node):
    def __init__(self, inside: NodeList, values: list[FilterExpression]) -> None:
        self._inside, self._values = inside, values
        self._drawn: dict[Hashable, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        key = (get_language(), *(each.resolve(context) for each in self._values))
        drawn = self._drawn.get(key)
        if drawn is None:
            drawn = self._inside.render(context)
            if len(self._drawn) >= MOST_KEPT:
                self._drawn.clear()
            self._drawn[key] = drawn
        return drawn


def kept(parser: Parser, token: Token) -> _Kept:
    """Keep what is drawn between the tags: it may depend on nothing but the language and the values named.

    They are to be hashable, and few different ones; nothing personal may stand between the tags.
    """
    values = [parser.compile_filter(each) for each in token.split_contents()[1:]]
    inside = parser.parse(("endkept",))
    parser.delete_first_token()
    return _Kept(inside, values)
