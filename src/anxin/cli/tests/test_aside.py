"""`anxin aside`: what is laid aside is shown, tried at once, or given up with a reason; from the command line."""

from __future__ import annotations

import csv
import io
import json

import pytest
from click.testing import CliRunner, Result
from django.db import transaction

from anxin.cli import aside
from anxin.cli.main import root
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.clock import now
from anxin.desk.foundation.organisations.actions import found_organisation
from anxin.desk.foundation.outbox.laid_aside import lay_aside
from anxin.desk.foundation.outbox.models import LaidAside

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _desk_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "open_desk", lambda *_: None)


@pytest.fixture
def laid() -> int:
    at = now()
    organisation = found_organisation(slug="shop", name="小店", at=at)
    name = ("calls", organisation.id, 7)
    lay_aside(name, object_id="inc_1", kind="incident.ladder", fault=KeyError("13800138000"), at=at)
    return LaidAside.objects.get().pk


def call(*words: object, answer: str = "") -> Result:
    return CliRunner().invoke(root(), ["aside", *map(str, words)], input=answer)


def test_it_is_listed_for_people_and_programs(laid: int) -> None:
    shown = call("list").stdout
    assert all(each in shown for each in (str(laid), "calls", "shop", "inc_1", "KeyError"))
    assert "13800138000" not in shown
    (line,) = json.loads(call("list", "-o", "json").stdout)
    assert (line["id"], line["organisation"], line["number"], line["tries"]) == (laid, "shop", 7, 1)
    (row,) = csv.DictReader(io.StringIO(call("list", "-o", "csv").stdout))
    assert (row["reader"], row["kind"], row["fault"]) == ("calls", "incident.ladder", "KeyError")
    assert call("list", "-q").stdout.splitlines() == [str(laid)]


def test_nothing_laid_aside_is_said() -> None:
    assert call("list").stdout.strip() == "没有搁置的事实。Nothing is laid aside."
    assert (call("list", "-o", "json").stdout.strip(), call("list", "-o", "csv").stdout) == ("[]", "")


@pytest.mark.parametrize(
    ("words", "answer", "code", "is_gone"),
    [
        (("--reason", "gone"), "y\n", 0, True),
        (("--reason", "gone", "--yes"), "", 0, True),
        (("--reason", "gone"), "n\n", 1, False),
        (("--reason", "gone"), "", 1, False),
        (("--reason", "gone", "--dry-run"), "", 0, False),
        (("--reason", " ", "--yes"), "", 3, False),
        (("--yes",), "", 2, False),
    ],
)
def test_it_is_given_up_with_a_reason_and_a_yes(
    laid: int, words: tuple[str, ...], answer: str, code: int, *, is_gone: bool
) -> None:
    assert call("drop", laid, *words, answer=answer).exit_code == code
    assert LaidAside.objects.exists() is not is_gone
    assert AuditEntry.objects.filter(act="fact.drop").exists() is is_gone


@pytest.mark.parametrize("words", [("retry", 0), ("drop", 0, "--reason", "x", "--yes"), ("drop", 0, "--reason", "x")])
def test_an_unknown_id_is_a_wrong_call(laid: int, words: tuple[object, ...]) -> None:
    result = call(*words)
    assert (result.exit_code, LaidAside.objects.count()) == (2, 1)
    assert "Nothing of this id is laid aside." in result.stderr


def test_it_is_tried_at_once(laid: int) -> None:
    before = LaidAside.objects.get().again_at
    with transaction.atomic():
        assert call("retry", laid).exit_code == 0
    assert LaidAside.objects.get().again_at != before
    assert AuditEntry.objects.get(act="fact.retry").actor_label == "command-line"
