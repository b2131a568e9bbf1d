"""One box that takes anything pasted."""

from django.apps import AppConfig


class ChecksConfig(AppConfig):
    """Checks of links, numbers, messages and pictures by people."""

    name = "anxin.desk.operations.checks"
    label = "checks"
    default_auto_field = "django.db.models.BigAutoField"
