"""Where one begins."""

from __future__ import annotations

from django.urls import path

from anxin.desk.workbench.start import pages

urlpatterns = [
    path("", pages.home, name="home"),
    path("waiting/", pages.waiting, name="waiting"),
]
