"""Personal data: shown, revealed, kept, erased."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """Enforces what `personal_data.py` of every package declares."""

    name = "anxin.desk.foundation.privacy"
    label = "privacy"
