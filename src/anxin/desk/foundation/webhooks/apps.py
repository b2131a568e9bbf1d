"""Facts delivered to other systems."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Signed webhooks (Standard Webhooks), retried, replayable, and never sent inward."""

    name = "anxin.desk.foundation.webhooks"
    label = "webhooks"
