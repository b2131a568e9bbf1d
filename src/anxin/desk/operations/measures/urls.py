"""Where measures are."""

from __future__ import annotations

from django.urls import path

from anxin.desk.decisioning.decisions import paths
from anxin.desk.operations.measures import pages
from anxin.desk.operations.measures.batches import pages as batches

__all__ = ["paths", "urlpatterns"]

urlpatterns = [
    path("", pages.measures, name="measures"),
    path("panel/<kind:kind>/<thing:key>/", pages.panel, name="measures_panel"),
    path("panel/<kind:kind>/<thing:key>/order/", pages.order, name="measures_order"),
    path("batches/<slug:batch_id>/", batches.batch, name="measure_batch"),
    path("batches/<slug:batch_id>/undo/", batches.undo, name="measure_batch_undo"),
    path("<slug:measure_id>/", pages.measure, name="measure"),
    path("<slug:measure_id>/undo/", pages.undo, name="measure_undo"),
    path("<slug:measure_id>/release/", pages.release, name="measure_release"),
    path("<slug:measure_id>/extend/", pages.extend, name="measure_extend"),
    path("<slug:measure_id>/answer/", pages.answer, name="measure_answer"),
    path("<slug:measure_id>/review/", pages.review, name="measure_review"),
]
