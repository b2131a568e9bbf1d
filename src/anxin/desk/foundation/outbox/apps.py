"""Facts on their way out."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Facts stored with the change they tell of, delivered after it."""

    name = "anxin.desk.foundation.outbox"
    label = "outbox"
