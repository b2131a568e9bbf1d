"""Training: so far, certificates."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    """Who is certified for what; the simulation lab grants the same rows."""

    name = "anxin.desk.oversight.training"
    label = "training"
