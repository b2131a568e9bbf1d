"""What protects people at once: freezes, holds, blocks."""

from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    """Protective measures, under a delegation, with an expiry, reviewed by a second person."""

    name = "anxin.desk.operations.measures"
    label = "measures"

    def ready(self) -> None:
        """Name the measures, and the reasons that orders of this package carry."""
        from anxin.desk.decisioning.decisions.order_words import MEASURES, name_measures, name_reasons
        from anxin.desk.operations.measures.catalogue import measures, reasons

        name_reasons(MEASURES, reasons())
        name_measures({kind: each.words for kind, each in measures().items()})
