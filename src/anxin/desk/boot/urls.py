"""Where every page and call is mounted."""

from __future__ import annotations

from django.urls import include, path
from django.urls.resolvers import RoutePattern

from anxin.desk.boot.deferring import DeferredResolver
from anxin.desk.foundation.edge import health

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("accounts/", include("anxin.desk.foundation.sign_in.urls")),
    path("approvals/", include("anxin.desk.foundation.approvals.urls")),
    path("service-accounts/", include("anxin.desk.foundation.service_accounts.urls")),
    path("people/", include("anxin.desk.foundation.organisations.urls")),
    path("people/", include("anxin.desk.foundation.sign_in.colleague_urls")),
    path("audit/", include("anxin.desk.foundation.audit.urls")),
    path("notices/", include("anxin.desk.foundation.notifications.urls")),
    path("privacy/", include("anxin.desk.foundation.privacy.urls")),
    path("webhooks/", include("anxin.desk.foundation.webhooks.urls")),
    # By its name, so that it is loaded at the first call: most of those who use the desk see only its pages.
    DeferredResolver(RoutePattern("api/v1/"), "anxin.desk.boot.api", app_name="ninja", namespace="api"),
    path("live/", include("anxin.desk.foundation.live.urls")),
    path("entities/", include("anxin.desk.decisioning.entities.urls")),
    path("decisions/", include("anxin.desk.decisioning.decisions.urls")),
    path("lists/", include("anxin.desk.decisioning.lists.urls")),
    path("checks/", include("anxin.desk.operations.checks.urls")),
    path("rota/", include("anxin.desk.operations.rota.urls")),
    path("user-notices/", include("anxin.desk.operations.user_notices.urls")),
    path("signatures/", include("anxin.desk.operations.intelligence.urls")),
    path("measures/", include("anxin.desk.operations.measures.urls")),
    path("evidence/", include("anxin.desk.operations.evidence.urls")),
    path("labels/", include("anxin.desk.decisioning.labels.urls")),
    path("reviews/", include("anxin.desk.oversight.reviews.urls")),
    path("cases/", include("anxin.desk.oversight.reviews.case_urls")),
    path("training/", include("anxin.desk.oversight.training.urls")),
    path("reports/", include("anxin.desk.oversight.analytics.urls")),
    path("", include("anxin.desk.workbench.together.urls")),
    path("", include("anxin.desk.workbench.urls")),
]

handler400 = "anxin.desk.workbench.faults.bad_request"
handler403 = "anxin.desk.workbench.faults.forbidden"
handler404 = "anxin.desk.workbench.faults.not_found"
handler500 = "anxin.desk.workbench.faults.fault"
