"""Styles and scripts over HTTP."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from anxin.desk.foundation.ui.tests.test_contrast import CSS


@pytest.fixture(autouse=True)
def _files_are_found(settings: Settings) -> None:
    settings.WHITENOISE_USE_FINDERS = True


def test_a_style_sheet_comes_whole_and_may_be_kept(client: Client) -> None:
    answer = client.get("/static/ui/css/tokens.css")
    assert (answer.status_code, answer.streaming, answer.content.decode()) == (200, False, CSS)
    assert answer["Content-Type"] == 'text/css; charset="utf-8"'
    again = client.get("/static/ui/css/tokens.css", headers={"if-modified-since": answer["Last-Modified"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["/static/ui/css/nothing.css", "/static/../boot/settings.py", "/static/ui/"])
def test_nothing_else_is_served(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404
