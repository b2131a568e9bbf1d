"""What the organisation itself knows of scams."""

from django.apps import AppConfig


class IntelligenceConfig(AppConfig):
    """The library of signatures: proposals, what is in force, and how each does."""

    name = "anxin.desk.operations.intelligence"
    label = "intelligence"
    default_auto_field = "django.db.models.BigAutoField"
