"""Telling the holder of an account what was done, and why."""

from django.apps import AppConfig


class UserNoticesConfig(AppConfig):
    """Notices of measures to the people they concern, through the platform."""

    name = "anxin.desk.operations.user_notices"
    label = "user_notices"
