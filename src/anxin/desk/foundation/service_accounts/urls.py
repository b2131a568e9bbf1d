"""Paths of service accounts."""

from __future__ import annotations

from django.urls import path, re_path

from anxin.desk.foundation.service_accounts import pages

urlpatterns = [
    path("", pages.accounts, name="service_accounts"),
    path("<str:account_id>/", pages.account, name="service_account"),
    re_path("^(?P<account_id>[^/]+)/issue/(?P<kind>gateway|desk)/$", pages.issue, name="issue_secret"),
    path("<str:account_id>/gateway/<str:key_id>/rotate/", pages.rotate, name="rotate_key"),
    path("<str:account_id>/<str:kind>/<str:key_id>/revoke/", pages.revoke, name="revoke_secret"),
    path("<str:account_id>/close/", pages.close, name="close_account"),
]
