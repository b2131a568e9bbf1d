"""The lists that rules look values up in."""

from django.apps import AppConfig


class ListsConfig(AppConfig):
    """Entries put on lists and taken off by two people, and whether something is on one."""

    name = "anxin.desk.decisioning.lists"
    label = "lists"
