"""Where labels are."""

from __future__ import annotations

from django.urls import path

from anxin.desk.decisioning.labels import pages

urlpatterns = [path("", pages.labels, name="labels")]
