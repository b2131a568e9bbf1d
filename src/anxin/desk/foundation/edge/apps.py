"""Where requests come in and refusals go out."""

from django.apps import AppConfig


class EdgeConfig(AppConfig):
    """Request context, clock, ids, errors."""

    name = "anxin.desk.foundation.edge"
    label = "edge"
