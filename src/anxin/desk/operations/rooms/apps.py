"""War rooms."""

from django.apps import AppConfig


class RoomsConfig(AppConfig):
    """Where several work on one incident at once."""

    name = "anxin.desk.operations.rooms"
    label = "rooms"
