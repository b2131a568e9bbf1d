"""Paths of people, permissions and settings."""

from __future__ import annotations

from django.urls import path

from anxin.desk.foundation.organisations import configuration_pages, pages

urlpatterns = [
    path("", pages.people, name="people"),
    path("me/", pages.my_permissions, name="my_permissions"),
    path("invite/", pages.invite, name="invite"),
    path("invitations/<str:invitation_id>/withdraw/", pages.withdraw_invitation, name="withdraw_invitation"),
    path("recertification/", pages.recertification, name="recertification"),
    path("recertification/<str:grant_id>/confirm/", pages.recertify, name="recertify"),
    path("roles/<str:grant_id>/revoke/", pages.revoke_role, name="revoke_role"),
    path("settings/", configuration_pages.organisation_settings, name="organisation_settings"),
    path("sites/", configuration_pages.sites, name="sites"),
    path("sites/<str:site_id>/close/", configuration_pages.close_site, name="close_site"),
    path("departments/", configuration_pages.departments, name="departments"),
    path("departments/<str:department_id>/close/", configuration_pages.close_department, name="close_department"),
    path("<str:person_id>/", pages.person, name="person"),
    path("<str:person_id>/roles/", pages.grant_role, name="grant_role"),
    path("<str:person_id>/place/", pages.place_person, name="place_person"),
    path("<str:person_id>/leave/", pages.let_go, name="let_go"),
]
