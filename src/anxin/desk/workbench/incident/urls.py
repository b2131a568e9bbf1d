"""Paths of one incident."""

from __future__ import annotations

from django.urls import path

from anxin.desk.workbench.incident import pages, reveals

urlpatterns = [
    path("incidents/<slug:incident_id>/", pages.incident, name="incident"),
    path("incidents/<slug:incident_id>/now/", pages.now, name="incident_now"),
    path("incidents/<slug:incident_id>/story/", pages.story, name="incident_story"),
    path("incidents/<slug:incident_id>/risk/", pages.risk, name="incident_risk"),
    path("incidents/<slug:incident_id>/presence/", pages.presence, name="incident_presence"),
    path("incidents/<slug:incident_id>/do/<slug:command>/", pages.do, name="incident_do"),
    path("incidents/<slug:incident_id>/reveal/<slug:party_id>/", reveals.reveal, name="incident_reveal"),
]
