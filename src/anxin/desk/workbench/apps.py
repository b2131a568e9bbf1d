"""The screens people live in."""

from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    """Composes what the packages below offer."""

    name = "anxin.desk.workbench"
    label = "workbench"
