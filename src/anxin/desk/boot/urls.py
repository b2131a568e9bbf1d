"""Where every page and call is mounted."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("approvals/", include("anxin.desk.foundation.approvals.urls")),
    path("people/", include("anxin.desk.foundation.organisations.urls")),
    path("audit/", include("anxin.desk.foundation.audit.urls")),
    path("live/", include("anxin.desk.foundation.live.urls")),
    path("", include("anxin.desk.workbench.urls")),
]
