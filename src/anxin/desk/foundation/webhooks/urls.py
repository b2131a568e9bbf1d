"""Paths of webhooks."""

from __future__ import annotations

from django.urls import path, re_path

from anxin.desk.foundation.webhooks import pages

urlpatterns = [
    path("", pages.endpoints, name="webhooks"),
    path("open/", pages.open_, name="webhook_open"),
    path("<str:endpoint_id>/", pages.endpoint, name="webhook"),
    path("<str:endpoint_id>/rotate/", pages.rotate, name="webhook_rotate"),
    path("<str:endpoint_id>/replay/", pages.replay, name="webhook_replay"),
    re_path(r"^(?P<endpoint_id>\w+)/(?P<word>disable|enable|test)/$", pages.switch, name="webhook_switch"),
]
