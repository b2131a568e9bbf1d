"""Orders to the gateway."""

from django.apps import AppConfig


class ControlConfig(AppConfig):
    """The desk's end of the control stream."""

    name = "anxin.desk.foundation.control"
    label = "control"
