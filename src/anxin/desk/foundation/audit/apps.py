"""The audit trail."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Append-only proof of who did what, when and why."""

    name = "anxin.desk.foundation.audit"
    label = "audit"
