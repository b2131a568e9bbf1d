"""Paths of notices to users."""

from __future__ import annotations

from django.urls import path

from anxin.desk.operations.user_notices import pages

urlpatterns = [path("preview/<slug:measure>/", pages.preview, name="user_notice_preview")]
