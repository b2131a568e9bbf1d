"""What protects people at once: freezes, holds, blocks."""

from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    """Protective measures, under a delegation, with an expiry, reviewed by a second person."""

    name = "anxin.desk.operations.measures"
    label = "measures"

    def ready(self) -> None:
        """Name the reasons that orders of this package carry."""
        from anxin.desk.decisioning.entities.order_reasons import MEASURES, name_reasons
        from anxin.desk.operations.measures.catalogue import reasons

        name_reasons(MEASURES, reasons())
