"""Where people and things are."""

from __future__ import annotations

from django.urls import path

from anxin.desk.decisioning.decisions import paths
from anxin.desk.decisioning.entities import pages

__all__ = ["paths", "urlpatterns"]

urlpatterns = [
    path("", pages.entities, name="entities"),
    path("search/", pages.search, name="entities_search"),
    path("found/<slug:token>/", pages.found, name="entities_found"),
    path("<kind:kind>/<thing:key>/", pages.entity, name="entity"),
    path("<kind:kind>/<thing:key>/story/", pages.story, name="entity_story"),
    path("<kind:kind>/<thing:key>/links/", pages.links, name="entity_links"),
    path("<kind:kind>/<thing:key>/reveal/", pages.reveal, name="entity_reveal"),
    path("<kind:kind>/<thing:key>/compare/", pages.compare, name="entity_compare"),
    path(
        "<kind:kind>/<thing:key>/compare/<kind:other_kind>/<thing:other_key>/",
        pages.compared,
        name="entities_compared",
    ),
]
