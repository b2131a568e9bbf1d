"""Organisations, their sites, departments and people."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    """Who works here, where, and as what."""

    name = "anxin.desk.foundation.organisations"
    label = "organisations"
