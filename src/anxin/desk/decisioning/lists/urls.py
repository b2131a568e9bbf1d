"""Where lists are."""

from __future__ import annotations

from django.urls import path, re_path

from anxin.desk.decisioning.decisions import paths
from anxin.desk.decisioning.lists import pages

__all__ = ["paths", "urlpatterns"]

urlpatterns = [
    path("", pages.lists, name="lists"),
    path("lookup/", pages.lookup, name="list_lookup"),
    path("changes/<slug:change_id>/", pages.change, name="list_change"),
    path("changes/<slug:change_id>/undo/", pages.undo, name="list_undo"),
    path("put/<kind:kind>/<thing:key>/", pages.put_entity, name="list_put_entity"),
    path("of/<slug:name>/", pages.entries, name="list_entries"),
    re_path(r"^of/(?P<name>[a-z][a-z0-9_]*)/(?P<act>put|remove)/$", pages.change_list, name="list_change_new"),
]
