"""Paths of approvals."""

from __future__ import annotations

from django.urls import path

from anxin.desk.foundation.approvals import pages

urlpatterns = [
    path("", pages.inbox, name="approvals"),
    path("<str:approval_id>/approve/", pages.approve, name="approve"),
    path("<str:approval_id>/decline/", pages.decline, name="decline"),
]
