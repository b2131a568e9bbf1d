"""Where a risk is reported."""

from __future__ import annotations

from django.urls import path

from anxin.desk.workbench.report import pages

urlpatterns = [path("", pages.report, name="report")]
