"""Paths of the workbench."""

from __future__ import annotations

from django.urls import include, path

from anxin.desk.workbench import pages

urlpatterns = [
    path("", include("anxin.desk.workbench.start.urls")),
    path("look/", pages.look, name="look"),
    path("wall/", include("anxin.desk.workbench.wall.urls")),
    path("report/", include("anxin.desk.workbench.report.urls")),
    path("shift/", include("anxin.desk.workbench.shift.urls")),
    path("incidents/<slug:incident_id>/room/", include("anxin.desk.workbench.room.urls")),
    path("incidents/<slug:incident_id>/victims/", include("anxin.desk.workbench.storm.urls")),
    path("", include("anxin.desk.workbench.queue.urls")),
    path("", include("anxin.desk.workbench.incident.urls")),
    path("ui/", include("anxin.desk.workbench.guide.urls")),
]
