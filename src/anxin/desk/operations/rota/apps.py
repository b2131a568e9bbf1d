"""Who is on call."""

from django.apps import AppConfig


class RotaConfig(AppConfig):
    """Weekly layers and overrides: who is called for which role, where, and when nobody is."""

    name = "anxin.desk.operations.rota"
    label = "rota"
