"""Paths of people and permissions."""

from __future__ import annotations

from django.urls import path

from anxin.desk.foundation.organisations import pages

urlpatterns = [path("me/", pages.my_permissions, name="my_permissions")]
