"""Where checks are."""

from __future__ import annotations

from django.urls import path

from anxin.desk.operations.checks import pages

urlpatterns = [
    path("", pages.checks, name="checks"),
    path("run/", pages.run, name="check_run"),
    path("<slug:check_id>/correct/", pages.correct, name="check_correct"),
]
