"""What is deferred is not loaded for the sake of other addresses, and stands where it is asked for."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from django.http import Http404, HttpResponse
from django.urls import NoReverseMatch, URLResolver, path, resolve, reverse
from django.urls.resolvers import RoutePattern

from anxin.desk.boot.deferring import DeferredResolver

LATER = """
from django.http import HttpResponse
from django.urls import path
urlpatterns = [path("things/<int:number>/", HttpResponse, name="thing")]
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> type:
    """Addresses of which some come later, as a module for Django to read."""
    (tmp_path / "later_addresses.py").write_text(LATER)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "later_addresses", raising=False)
    deferred = DeferredResolver(RoutePattern("later/"), "later_addresses", app_name="ninja", namespace="later")

    class Root:
        urlpatterns = (deferred, path("now/", HttpResponse, name="now"))

    return Root


def is_loaded() -> bool:
    return "later_addresses" in sys.modules


def test_other_addresses_do_without_it(root: type) -> None:
    assert reverse("now", root) == "/now/"
    assert resolve("/now/", root).url_name == "now"
    with pytest.raises(NoReverseMatch):
        reverse("never", root)
    with pytest.raises(Http404):
        resolve("/never/", root)
    assert not is_loaded()


@pytest.mark.parametrize("is_other_first", [False, True])
def test_an_address_of_it_is_written_and_found(root: type, is_other_first: bool) -> None:
    if is_other_first:
        reverse("now", root)
    assert reverse("later:thing", root, kwargs={"number": 7}) == "/later/things/7/"
    assert is_loaded()
    found = resolve("/later/things/7/", root)
    assert (found.view_name, found.kwargs) == ("later:thing", {"number": 7})


def test_it_is_read_like_any_other_resolver(root: type) -> None:
    deferred: URLResolver = root.urlpatterns[0]
    assert "thing" in deferred.reverse_dict
    assert (dict(deferred.namespace_dict), dict(deferred.app_dict)) == ({}, {})
