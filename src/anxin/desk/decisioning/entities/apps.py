"""One view of a person or thing."""

from django.apps import AppConfig


class EntitiesConfig(AppConfig):
    """Search, timeline, links, risk; the tables lie in decisions, which projects them."""

    name = "anxin.desk.decisioning.entities"
    label = "entities"
