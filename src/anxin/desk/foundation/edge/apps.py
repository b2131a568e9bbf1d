"""Where requests come in and refusals go out."""

from django.apps import AppConfig


class EdgeConfig(AppConfig):
    """Request context, clock, ids, errors."""

    name = "anxin.desk.foundation.edge"
    label = "edge"

    def ready(self) -> None:
        """Make the folder for uploads before the first request needs it."""
        from anxin.desk.foundation.edge.uploads import make_upload_folder

        make_upload_folder()
