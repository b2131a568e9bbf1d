"""Paths of the rota."""

from __future__ import annotations

from django.urls import path

from anxin.desk.operations.rota import pages

urlpatterns = [
    path("", pages.rota, name="rota"),
    path("plan/", pages.plan, name="rota_plan"),
    path("cover/", pages.cover, name="rota_cover"),
    path("take-over/", pages.take_over, name="rota_take_over"),
    path("<str:plan_id>/end/", pages.end, name="rota_end"),
]
