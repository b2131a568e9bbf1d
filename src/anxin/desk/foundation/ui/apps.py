"""The look: tokens, components, words."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Templates, static files and template tags that every page uses."""

    name = "anxin.desk.foundation.ui"
    label = "ui"
