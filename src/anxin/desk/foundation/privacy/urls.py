"""Paths of privacy."""

from __future__ import annotations

from django.urls import path

from anxin.desk.foundation.privacy import pages

urlpatterns = [
    path("", pages.overview, name="privacy"),
    path("keys/rotate/", pages.rotate, name="privacy_rotate"),
    path("erasures/", pages.erase, name="privacy_erase"),
    path("holds/", pages.hold, name="privacy_hold"),
    path("holds/<slug:hold_id>/release/", pages.release, name="privacy_release"),
]
