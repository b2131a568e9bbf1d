"""Paths about a colleague's way in, under `people/`: not open before one's own second factor."""

from __future__ import annotations

from django.urls import path

from anxin.desk.foundation.sign_in import reenrolment_pages

urlpatterns = [
    path("<str:person_id>/factors/", reenrolment_pages.reenrol, name="reenrol"),
    path("<str:person_id>/password/", reenrolment_pages.forgotten, name="forgotten"),
]
