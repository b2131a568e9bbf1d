"""Where certificates are."""

from __future__ import annotations

from django.urls import path

from anxin.desk.oversight.training import pages

urlpatterns = [
    path("", pages.training, name="training"),
    path("mine/", pages.mine, name="my_certificates"),
    path("grant/", pages.grant, name="certificate_grant"),
    path("<slug:certificate_id>/revoke/", pages.revoke, name="certificate_revoke"),
]
