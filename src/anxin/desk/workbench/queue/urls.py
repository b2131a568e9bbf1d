"""Paths of the queue."""

from __future__ import annotations

from django.urls import path

from anxin.desk.workbench.queue import pages

urlpatterns = [
    path("queue/", pages.queue, name="queue"),
    path("queue/mine/", pages.mine, name="queue_mine"),
    path("queue/rows/", pages.rows, name="queue_rows"),
    path("queue/beside/", pages.beside, name="queue_beside"),
    path("queue/counts/", pages.counts, name="queue_counts"),
    path("queue/next/", pages.following, name="queue_next"),
    path("queue/<slug:incident_id>/claim/", pages.claim, name="queue_claim"),
    path("incidents/", pages.incidents, name="incidents"),
]
