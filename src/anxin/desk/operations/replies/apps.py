"""What is said to people concerned, and whether it arrived."""

from django.apps import AppConfig


class RepliesConfig(AppConfig):
    """Replies of staff that the platform delivers, with receipts."""

    name = "anxin.desk.operations.replies"
    label = "replies"
