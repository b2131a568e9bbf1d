"""Keys, sealing, blind index."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Where personal values are sealed before they reach the database."""

    name = "anxin.desk.foundation.vault"
    label = "vault"
