"""Roles, permissions, forms of fields."""

from django.apps import AppConfig


class PermissionsConfig(AppConfig):
    """Who may do what, as data."""

    name = "anxin.desk.foundation.permissions"
    label = "permissions"
