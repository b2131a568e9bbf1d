"""Calls to people: pages and notices, and where they are sent."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Channels of people and organisations, pages with proof of delivery, and the status line."""

    name = "anxin.desk.foundation.notifications"
    label = "notifications"
