"""Paths of notices, channels and the status line."""

from __future__ import annotations

from django.urls import path, re_path

from anxin.desk.foundation.notifications import pages

urlpatterns = [
    path("", pages.notices, name="notices"),
    path("bell/", pages.bell, name="bell"),
    path("link/<str:token>/", pages.link, name="page_link"),
    path("channels/", pages.channel_list, name="channels"),
    path("channels/open/", pages.channel_open, name="channel_open"),
    re_path(r"^channels/(?P<channel_id>\w+)/(?P<word>test|close)/$", pages.channel_act, name="channel_act"),
    path("contact/", pages.contact, name="contact"),
    path("status-line/", pages.status_line, name="status_line"),
    path("status-line/end/", pages.status_line_end, name="status_line_end"),
    path("<str:page_id>/ack/", pages.ack, name="page_ack"),
]
