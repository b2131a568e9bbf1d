from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.audit.actions import record_entry
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.models import Organisation


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        ("auditor", "/audit/", 200),
        ("data_protection", "/audit/alerts/", 200),
        ("service_agent", "/audit/alerts/", 403),
        ("rule_author", "/audit/alerts/", 403),
    ],
)
def test_doors(sign_in: Callable[..., Client], role: str, path: str, status: int) -> None:
    assert sign_in(role).get(path).status_code == status
    assert Client().get(path).status_code == 302


@pytest.mark.parametrize("role", ["service_agent", "compliance"])
def test_whoever_may_not_read_all_alone_sees_her_own_acts_only(
    sign_in: Callable[..., Client], actor: Callable[..., Actor], role: str
) -> None:
    with transaction.atomic():
        record_entry("case.note", by=actor("specialist"), at=NIGHT, on=("case", "secret-case"))
    page = sign_in(role).get("/audit/?own=0").content.decode()
    assert "My own trail" in page
    assert "secret-case" not in page


def test_organisations_never_see_each_other(
    sign_in: Callable[..., Client], actor: Callable[..., Actor], other_organisation: Organisation
) -> None:
    with transaction.atomic():
        by = actor("specialist", to=other_organisation)
        record_entry("case.note", by=by, at=NIGHT, on=("case", "their-case"))
    assert "their-case" not in sign_in("auditor").get("/audit/").content.decode()


def test_reading_the_trail_of_others_is_itself_an_entry(sign_in: Callable[..., Client]) -> None:
    sign_in("auditor").get("/audit/?actor=night")
    assert list(AuditEntry.objects.filter(act="audit.read").values_list("details", flat=True)) == ['{"scope":"night"}']


def test_filters_and_paging(
    sign_in: Callable[..., Client], actor: Callable[..., Actor], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    by = actor("specialist")
    with transaction.atomic():
        for number in range(150):
            record_entry("case.note", by=by, at=NIGHT, on=("case", f"case-{number}"), reason="电话 13800001234")
    auditor = sign_in("auditor")
    with django_assert_max_num_queries(20):
        first = auditor.get("/audit/?act=case.note").content.decode()
    assert "case-149" in first
    assert "case-49<" not in first
    assert "before=" in first
    assert "case-7<" in auditor.get("/audit/?object=case-7").content.decode()


def test_what_people_typed_is_shown_as_text(sign_in: Callable[..., Client], actor: Callable[..., Actor]) -> None:
    with transaction.atomic():
        by = actor("specialist")
        record_entry("case.note", by=by, at=NIGHT, on=("case", "<script>x</script>"), reason="<img src=x onerror=y>")
    page = sign_in("auditor").get("/audit/").content.decode()
    assert "<script>x" not in page
    assert "<img" not in page
