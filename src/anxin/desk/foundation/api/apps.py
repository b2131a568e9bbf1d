"""The desk's API."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """What all calls under `/api/v1` share: who asks, problems, idempotency."""

    name = "anxin.desk.foundation.api"
    label = "api"
