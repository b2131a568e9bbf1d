"""Acts that wait for a second person."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """One asks, another one decides, then it is done."""

    name = "anxin.desk.foundation.approvals"
    label = "approvals"
