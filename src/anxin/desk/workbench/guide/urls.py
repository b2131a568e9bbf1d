"""Paths of the style guide."""

from __future__ import annotations

from django.urls import path

from anxin.desk.workbench.guide import pages

urlpatterns = [
    path("", pages.guide, name="guide"),
    path("all/", pages.everything, name="guide_all"),
    path("reveal/", pages.reveal, name="guide_reveal"),
    path("now/", pages.now, name="guide_now"),
    path("<slug:code>/", pages.component, name="guide_component"),
]
