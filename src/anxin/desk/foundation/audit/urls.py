"""Paths of the trail."""

from __future__ import annotations

from django.urls import path

from anxin.desk.foundation.audit import pages

urlpatterns = [
    path("", pages.trail, name="audit"),
    path("alerts/", pages.alerts, name="audit_alerts"),
    path("alerts/<str:alert_id>/close/", pages.close, name="audit_alert_close"),
]
