"""Where reviews are."""

from __future__ import annotations

from django.urls import path

from anxin.desk.oversight.reviews import pages

urlpatterns = [
    path("", pages.reviews, name="reviews"),
    path("improvements/", pages.improvements, name="improvements"),
    path("improvements/<slug:action_id>/prove/", pages.prove, name="improvement_prove"),
    path("improvements/<slug:action_id>/check/", pages.check, name="improvement_check"),
    path("improvements/<slug:action_id>/accept/", pages.accept, name="improvement_accept"),
    path("of/<slug:incident_id>/", pages.panel, name="review_panel"),
    path("<slug:review_id>/", pages.review, name="review"),
    path("<slug:review_id>/schedule/", pages.schedule, name="review_schedule"),
    path("<slug:review_id>/write/", pages.write, name="review_write"),
    path("<slug:review_id>/refer/", pages.refer, name="review_refer"),
    path("<slug:review_id>/protect/", pages.protect, name="review_protect"),
    path("<slug:review_id>/reveal/", pages.reveal, name="review_reveal"),
    path("<slug:review_id>/publish/", pages.publish, name="review_publish"),
    path("<slug:review_id>/improve/", pages.improve, name="review_improve"),
]
