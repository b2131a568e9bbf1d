"""Where evidence is."""

from __future__ import annotations

from django.urls import path

from anxin.desk.operations.evidence import pages

app_name = "evidence"
urlpatterns = [
    path("of/<slug:incident_id>/", pages.panel, name="panel"),
    path("of/<slug:incident_id>/add/", pages.add, name="add"),
    path("of/<slug:incident_id>/log/", pages.add_log, name="add_log"),
    path("of/<slug:incident_id>/export/", pages.export, name="export"),
    path("of/<slug:incident_id>/originals/", pages.ask_originals, name="ask_originals"),
    path("packs/<slug:pack_id>/", pages.pack, name="pack"),
    path("checked/<slug:job_id>/", pages.keep_checked, name="keep_checked"),
    path("<slug:evidence_id>/", pages.piece, name="piece"),
    path("<slug:evidence_id>/show/", pages.show, name="show"),
    path("<slug:evidence_id>/blurred/", pages.blurred, name="blurred"),
    path("<slug:evidence_id>/download/", pages.download, name="download"),
    path("<slug:evidence_id>/redact/", pages.redact, name="redact"),
    path("<slug:evidence_id>/hold/", pages.hold, name="hold"),
    path("<slug:evidence_id>/lift/", pages.lift, name="lift"),
    path("<slug:evidence_id>/erase/", pages.erase, name="erase"),
    path("<slug:evidence_id>/verify/", pages.verify, name="verify"),
]
