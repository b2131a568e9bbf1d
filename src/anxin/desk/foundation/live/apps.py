"""Live updates."""

from django.apps import AppConfig


class LiveConfig(AppConfig):
    """Tells open screens what changed."""

    name = "anxin.desk.foundation.live"
    label = "live"
