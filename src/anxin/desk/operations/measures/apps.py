"""What protects people at once: freezes, holds, blocks."""

from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    """Protective measures, under a delegation, with an expiry, reviewed by a second person."""

    name = "anxin.desk.operations.measures"
    label = "measures"
