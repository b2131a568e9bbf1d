"""A page knows where the facts stood before it was read."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.live.middleware import CursorMiddleware
from anxin.desk.foundation.live.tests.test_stream import Noted
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.outbox.actions import publish_fact

pytestmark = pytest.mark.django_db(databases=["default", "projection"])
WHOLE = {"Accept": "text/html,*/*;q=0.8"}


def test_a_page_carries_the_cursor_of_its_own_organisation(
    sign_in: Callable[..., Client], organisation: Organisation, other_organisation: Organisation
) -> None:
    client = sign_in("mentor")
    assert 'data-cursor="0"' in client.get("/ui/level/", headers=WHOLE).content.decode()
    for each in (organisation, organisation, other_organisation):
        publish_fact(Noted(), organisation_id=each.id, at=NIGHT)
    assert 'data-cursor="2"' in client.get("/ui/level/", headers=WHOLE).content.decode()


def test_a_fact_that_comes_while_the_page_is_read_lies_behind_the_cursor(
    actor: Callable[..., Actor], organisation: Organisation
) -> None:
    by, cursors = actor("service_agent"), []

    def read(request: HttpRequest) -> HttpResponse:
        publish_fact(Noted(), organisation_id=organisation.id, at=NIGHT)
        cursors.append(cast("DeskRequest", request).live_cursor)
        return HttpResponse()

    for _ in range(2):
        request = cast("DeskRequest", RequestFactory().get("/", headers=WHOLE))
        request.find_actor = lambda: by
        CursorMiddleware(read)(request)
    assert cursors == [0, 1]


@pytest.mark.parametrize(
    ("method", "headers"), [("GET", {}), ("GET", WHOLE | {"HX-Request": "true"}), ("POST", WHOLE), ("GET", WHOLE)]
)
def test_neither_parts_nor_acts_nor_strangers_ask_for_it(
    method: str, headers: dict[str, str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    request = cast("DeskRequest", RequestFactory().generic(method, "/", headers=headers))
    request.find_actor = lambda: None
    with django_assert_num_queries(0):
        CursorMiddleware(lambda _: HttpResponse())(request)
    assert request.live_cursor is None
