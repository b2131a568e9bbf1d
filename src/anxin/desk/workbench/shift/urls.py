"""Where my shift is."""

from __future__ import annotations

from django.urls import path

from anxin.desk.workbench.shift import pages

urlpatterns = [
    path("", pages.shift, name="shift"),
    path("rested/", pages.rested, name="shift_rested"),
    path("handovers/<slug:incident_id>/accept/", pages.accept, name="shift_accept"),
    path("handovers/<slug:incident_id>/decline/", pages.decline, name="shift_decline"),
]
