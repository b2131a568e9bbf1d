"""Paths of the workbench."""

from __future__ import annotations

from django.urls import path

from anxin.desk.workbench import pages

urlpatterns = [path("", pages.home, name="home")]
