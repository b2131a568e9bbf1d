"""Proposing, approving, being in force at once, and every refusal leaving what is in force."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from anxin.checkers.signatures.feeds import FeedTerms
from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.approvals.actions import approve
from anxin.desk.foundation.approvals.errors import AlreadyAsked, OwnRequest
from anxin.desk.foundation.approvals.models import Approval
from anxin.desk.foundation.control.models import ControlOrder
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.operations.checks.actions import correct_check, run_check
from anxin.desk.operations.intelligence.actions import (
    propose_publication,
    review_feed,
    review_signatures,
)
from anxin.desk.operations.intelligence.errors import ProposalRefused
from anxin.desk.operations.intelligence.library import forget_libraries, library_of, read_circles
from anxin.desk.operations.intelligence.models import SignatureProposal, SignatureTally

ActorWith = Callable[..., Actor]
SET = """set: own
version: "{version}"
signatures:
  - kind: link
    id: LK-0001
    owner: intelligence
    source: reports
    valid_from: 2026-11-01
    valid_until: 2027-02-01
    confidence: high
    values: [{link}]
    tests: {{positive: ["http://{link}/"], negative: ["http://example.com/"]}}
  - kind: phone
    id: PH-0001
    owner: intelligence
    source: reports
    valid_from: 2026-11-01
    valid_until: 2027-02-01
    values: ["13800138000"]
    tests: {{positive: ["13800138000"], negative: ["13900139000"]}}
"""
pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture(autouse=True)
def fresh_libraries() -> Iterator[None]:
    forget_libraries()
    yield
    forget_libraries()


def proposed(by: Actor, *, version: str = "1", link: str = "tuikuan-kefu.example") -> Approval:
    text = SET.format(version=version, link=link)
    propose_publication(proposal=review_signatures(text=text, by=by, at=NIGHT), by=by, at=NIGHT)
    return Approval.objects.get(state="pending")


def test_two_people_put_a_set_into_force(actor: ActorWith) -> None:
    one, other = actor("specialist"), actor("shift_lead")
    link = "http://tuikuan-kefu.example/"
    assert run_check(text=link, by=one, at=NIGHT).worst.level == "no_known_risk"
    approval = proposed(one)
    assert run_check(text=link, by=one, at=NIGHT).worst.level == "no_known_risk"
    with pytest.raises(OwnRequest):
        approve(approval_id=approval.id, by=one, at=NIGHT)
    assert ControlOrder.objects.filter(kind="signatures.publish").count() == 0
    approve(approval_id=approval.id, by=other, at=NIGHT)
    answer = run_check(text=link, by=one, at=NIGHT)
    assert (answer.worst.level, answer.hits) == ("high_risk", ("LK-0001",))
    assert run_check(text="13800138000", by=one, at=NIGHT).hits == ("PH-0001",)


def test_a_number_leaves_no_table_in_clear(actor: ActorWith) -> None:
    approval = proposed(actor("specialist"))
    approve(approval_id=approval.id, by=actor("shift_lead"), at=NIGHT)
    (order,) = ControlOrder.objects.filter(kind="signatures.publish")
    assert "13800138000" not in order.body + approval.arguments
    assert "13800138000" not in str(bytes(SignatureProposal.objects.get().order_sealed))


def test_hits_and_corrections_are_counted_a_signature(actor: ActorWith) -> None:
    one = actor("specialist")
    approve(approval_id=proposed(one).id, by=actor("shift_lead"), at=NIGHT)
    answer = run_check(text="http://tuikuan-kefu.example/", by=one, at=NIGHT)
    assert correct_check(check_id=answer.check_id, correction="false_positive", by=one, at=NIGHT) == ("LK-0001",)
    tally = SignatureTally.objects.get(signature="LK-0001")
    assert (tally.hits, tally.false_positives, tally.last_hit_at) == (1, 1, NIGHT)


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        ("confidence: high", "line 10 LK-0001 confidence"),
        ("valid_until: 2027-02-01", "field"),
        ('positive: ["http://', "tests.positive.0"),
    ],
)
def test_a_mistake_is_told_with_its_place(actor: ActorWith, broken: str, sentence: str) -> None:
    wrong = {"confidence: high": "confidence: sure", "valid_until: 2027-02-01": "valid_till: 2027-02-01"}
    text = SET.format(version="1", link="a.example").replace(broken, wrong.get(broken, 'positive: ["http://not'), 1)
    with pytest.raises(ProposalRefused) as refused:
        review_signatures(text=text, by=actor("specialist"), at=NIGHT)
    assert sentence in refused.value.sentence("en")
    assert SignatureProposal.objects.count() == 0


def test_only_who_may_proposes_and_once_at_a_time(actor: ActorWith) -> None:
    with pytest.raises(Forbidden):
        proposed(actor("auditor"))
    one = actor("specialist")
    proposed(one)
    with pytest.raises(AlreadyAsked):
        proposed(one, version="2")
    assert SignatureProposal.objects.count() == 1


def test_a_feed_that_lies_or_shrinks_is_refused(actor: ActorWith) -> None:
    one = actor("specialist")
    terms = FeedTerms("open-feed", "intelligence", "a list", date(2026, 11, 21), "1")
    with pytest.raises(ProposalRefused, match="known to be good"):
        review_feed(text="taobao.com\n", terms=terms, by=one, at=NIGHT)
    many = "\n".join(f"bad{n}.example" for n in range(100))
    propose_publication(proposal=review_feed(text=many, terms=terms, by=one, at=NIGHT), by=one, at=NIGHT)
    approve(approval_id=Approval.objects.get(state="pending").id, by=actor("shift_lead"), at=NIGHT)
    with pytest.raises(ProposalRefused, match="shrank from 100 values to 1"):
        review_feed(text="bad1.example\n", terms=terms, by=one, at=NIGHT)
    assert len(library_of(one.organisation_id, at=NIGHT).book.sets["open-feed"].signatures) == 1


def test_circles_are_read_from_private_files_only(settings: Any, tmp_path: Path) -> None:
    settings.ANXIN = msgspec.structs.replace(settings.ANXIN, data=tmp_path)
    folder = tmp_path / "circles"
    folder.mkdir()
    for name, mode in (("shops", 0o600), ("open", 0o644)):
        (folder / f"{name}.key").write_bytes(b"a secret of sixteen\n")
        (folder / f"{name}.key").chmod(mode)
    assert read_circles() == {"shops": b"a secret of sixteen"}
