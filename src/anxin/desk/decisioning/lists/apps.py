"""The lists that rules look values up in."""

from django.apps import AppConfig


class ListsConfig(AppConfig):
    """Entries put on lists and taken off by two people, and whether something is on one."""

    name = "anxin.desk.decisioning.lists"
    label = "lists"

    def ready(self) -> None:
        """Name the reasons that orders of this package carry."""
        from anxin.desk.decisioning.decisions.order_words import LISTS, name_reasons
        from anxin.desk.decisioning.lists.catalogue import reasons

        name_reasons(LISTS, {code: each.words for code, each in reasons().items()})
