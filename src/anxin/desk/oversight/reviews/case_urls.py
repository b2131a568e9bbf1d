"""Where the case library is."""

from __future__ import annotations

from django.urls import path

from anxin.desk.oversight.reviews import case_pages

urlpatterns = [
    path("", case_pages.cases, name="cases"),
    path("like/<slug:incident_id>/", case_pages.like, name="cases_like"),
    path("<slug:case_id>/", case_pages.case, name="case"),
    path("<slug:case_id>/confirm/", case_pages.confirm, name="case_confirm"),
    path("<slug:case_id>/refuse/", case_pages.refuse, name="case_refuse"),
]
