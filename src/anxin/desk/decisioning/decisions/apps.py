"""The decision log as tables."""

from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    """What the gateway decided, projected into the database."""

    name = "anxin.desk.decisioning.decisions"
    label = "decisions"
    default_auto_field = "django.db.models.BigAutoField"
