"""Incidents: one model with a kind, from the first signal to the improvement that follows."""

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    """Signals, incidents, their clocks, tasks and consultations."""

    name = "anxin.desk.operations.incidents"
    label = "incidents"
