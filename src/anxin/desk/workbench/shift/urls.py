"""Where my shift is."""

from __future__ import annotations

from django.urls import path

from anxin.desk.workbench.shift import pages

urlpatterns = [
    path("", pages.shift, name="shift"),
    path("rested/", pages.rested, name="shift_rested"),
]
