"""`{% say "中文" "English" name=value %}` in templates."""

from __future__ import annotations

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from anxin.desk.foundation.ui.words import Words
from anxin.desk.foundation.ui.words import say as say_words

register = template.Library()


@register.simple_tag
def say(zh: str, en: str, **values: object) -> SafeString:
    """Render a sentence of the template in the language of the request; every value is escaped."""
    escaped: dict[str, object] = {
        name: value if isinstance(value, int) else conditional_escape(str(value)) for name, value in values.items()
    }
    return mark_safe(say_words((zh, en), **escaped))


@register.filter
def spoken(words: Words) -> str:
    """Render words that a view gave, in the language of the request."""
    return say_words(words)
