"""Path of the stream."""

from __future__ import annotations

from django.urls import path

from anxin.desk.foundation.live import pages

urlpatterns = [path("", pages.stream, name="live")]
