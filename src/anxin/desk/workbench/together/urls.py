"""Paths for working together; those under `of/` are parts of an incident's page."""

from __future__ import annotations

from django.urls import include, path

from anxin.desk.workbench.together import (
    consult_pages,
    handover_pages,
    presence_pages,
    reply_pages,
    settings_pages,
    task_pages,
)

_REPLIES = [
    path("of/<slug:incident_id>/", reply_pages.panel, name="panel"),
    path("of/<slug:incident_id>/send/", reply_pages.send, name="send"),
    path("of/<slug:incident_id>/note/", reply_pages.note, name="note"),
    path("of/<slug:incident_id>/careful/", reply_pages.careful, name="careful"),
    path("of/<slug:incident_id>/careful/end/", reply_pages.stop_care, name="stop_care"),
]
_PRESENCE = [
    path("of/<slug:incident_id>/", presence_pages.panel, name="panel"),
    path("of/<slug:incident_id>/leave/", presence_pages.leave, name="leave"),
    path("of/<slug:incident_id>/lease/", presence_pages.lease, name="lease"),
    path("of/<slug:incident_id>/extend/", presence_pages.extend, name="extend"),
]
_TASKS = [
    path("", task_pages.queue, name="queue"),
    path("of/<slug:incident_id>/", task_pages.panel, name="panel"),
    path("of/<slug:incident_id>/ask/", task_pages.ask, name="ask"),
    path("<slug:task_id>/accept/", task_pages.accept, name="accept"),
    path("<slug:task_id>/decline/", task_pages.decline, name="decline"),
    path("<slug:task_id>/finish/", task_pages.finish, name="finish"),
]
_CONSULTS = [
    path("", consult_pages.advice, name="advice"),
    path("ask/", consult_pages.ask_for_help, name="ask_for_help"),
    path("of/<slug:incident_id>/", consult_pages.panel, name="panel"),
    path("of/<slug:incident_id>/ask/", consult_pages.ask, name="ask"),
    path("<slug:consult_id>/answer/", consult_pages.answer, name="answer"),
    path("<slug:consult_id>/rate/", consult_pages.rate, name="rate"),
]
_HANDOVERS = [
    path("", handover_pages.handover, name="page"),
    path("offer/", handover_pages.offer, name="offer"),
    path("of/<slug:incident_id>/", handover_pages.panel, name="panel"),
    path("<slug:incident_id>/accept/", handover_pages.accept, name="accept"),
    path("<slug:incident_id>/decline/", handover_pages.decline, name="decline"),
]
_SETTINGS = [
    path("", settings_pages.settings, name="page"),
    path("kinds.yaml", settings_pages.kinds_text, name="kinds_text"),
    path("kinds/", settings_pages.set_kinds, name="set_kinds"),
    path("kinds/<slug:code>/", settings_pages.kind, name="kind"),
    path("promise/", settings_pages.set_promise, name="set_promise"),
    path("minutes/", settings_pages.set_minutes, name="set_minutes"),
    path("recompute/", settings_pages.recompute, name="recompute"),
]

urlpatterns = [
    path("replies/", include((_REPLIES, "replies"))),
    path("presence/", include((_PRESENCE, "presence"))),
    path("tasks/", include((_TASKS, "department_tasks"))),
    path("consults/", include((_CONSULTS, "consults"))),
    path("handover/", include((_HANDOVERS, "handovers"))),
    path("incident-settings/", include((_SETTINGS, "incident_settings"))),
]
