"""Where reports are."""

from __future__ import annotations

from django.urls import path, register_converter

from anxin.desk.oversight.analytics import pages


class RuleConverter:
    """A rule's name as policies write it."""

    regex = r"[A-Za-z][A-Za-z0-9_.-]{0,63}"

    def to_python(self, value: str) -> str:
        """Return the name."""
        return value

    def to_url(self, value: str) -> str:
        """Return the name."""
        return value


register_converter(RuleConverter, "rulename")

urlpatterns = [
    path("", pages.reports, name="reports"),
    path("promises/", pages.promises, name="promises"),
    path("clocks/", pages.gaming, name="gaming"),
    path("rules/", pages.rules, name="rule_qualities"),
    path("rules/<rulename:rule>/", pages.rule, name="rule_quality"),
]
