"""Where checks are."""

from __future__ import annotations

from django.urls import path

from anxin.desk.operations.checks import pages, picture_pages

urlpatterns = [
    path("", pages.checks, name="checks"),
    path("run/", pages.run, name="check_run"),
    path("pictures/<slug:job_id>/", picture_pages.picture, name="check_picture"),
    path("pictures/<slug:job_id>/redacted/", picture_pages.redacted, name="check_redacted"),
    path("<slug:check_id>/correct/", pages.correct, name="check_correct"),
]
