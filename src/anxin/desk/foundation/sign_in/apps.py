"""The way in."""

from django.apps import AppConfig


class SignInConfig(AppConfig):
    """Passwords, second factors, sessions, lock-out."""

    name = "anxin.desk.foundation.sign_in"
    label = "sign_in"
