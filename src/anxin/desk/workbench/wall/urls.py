"""Where the wall is."""

from __future__ import annotations

from django.urls import path

from anxin.desk.workbench.wall import pages

urlpatterns = [path("", pages.wall, name="wall")]
