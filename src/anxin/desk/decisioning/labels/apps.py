"""Labels: what turned out to be true, on its way back to the gateway."""

from django.apps import AppConfig


class LabelsConfig(AppConfig):
    """Labels that people's verdicts give to decisions."""

    name = "anxin.desk.decisioning.labels"
    label = "labels"
