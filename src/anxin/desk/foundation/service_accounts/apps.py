"""Machines that call us."""

from django.apps import AppConfig


class ServiceAccountsConfig(AppConfig):
    """Service accounts, their gateway keys and their desk tokens."""

    name = "anxin.desk.foundation.service_accounts"
    label = "service_accounts"
