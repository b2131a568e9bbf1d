"""What the numbers say: promises kept, rules that are right, verdicts as labels."""

from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    """Reports over incidents, measures and decisions; it keeps nothing of its own."""

    name = "anxin.desk.oversight.analytics"
    label = "analytics"
