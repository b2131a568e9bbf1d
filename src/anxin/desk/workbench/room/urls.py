"""Where the war room of an incident is."""

from __future__ import annotations

from django.urls import path

from anxin.desk.workbench.room import pages

urlpatterns = [
    path("", pages.room, name="room"),
    path("panel/", pages.panel, name="room_panel"),
    path("join/", pages.join, name="room_join"),
    path("leave/", pages.leave, name="room_leave"),
    path("role/", pages.role, name="room_role"),
    path("accept/", pages.accept, name="room_accept"),
    path("decide/", pages.decide, name="room_decide"),
    path("status/", pages.status, name="room_status"),
    path("close/", pages.close, name="room_close"),
]
