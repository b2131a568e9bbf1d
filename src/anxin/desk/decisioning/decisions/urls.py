"""Where decisions are."""

from __future__ import annotations

from django.urls import path

from anxin.desk.decisioning.decisions import pages, paths

__all__ = ["paths", "urlpatterns"]

urlpatterns = [
    path("", pages.decisions, name="decisions"),
    path("export/", pages.export, name="decisions_export"),
    path("<seq:seq>/", pages.decision, name="decision"),
    path("<seq:seq>/replay/", pages.replay, name="decision_replay"),
    path("<seq:seq>/reveal/<thing:path>/", pages.reveal, name="decision_reveal"),
]
