"""Where the victims of an incident are."""

from __future__ import annotations

from django.urls import path

from anxin.desk.workbench.storm import pages

urlpatterns = [
    path("", pages.victims, name="storm_victims"),
    path("panel/", pages.panel, name="storm_panel"),
    path("protect/", pages.protect, name="storm_protect"),
    path("contact/", pages.contact, name="storm_contact"),
]
