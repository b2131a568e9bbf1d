"""Where the library of signatures is."""

from __future__ import annotations

from django.urls import path

from anxin.desk.operations.intelligence import pages

urlpatterns = [
    path("", pages.signatures, name="signatures"),
    path("propose/", pages.propose, name="signatures_propose"),
    path("share/", pages.share, name="signatures_share"),
]
