"""Cases: drafted from closed incidents, anonymous, confirmed by a person, found in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from anxin.desk.conftest import Clock
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import FieldInvalid, NotFound
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.operations.incidents.actions.ending import close
from anxin.desk.operations.incidents.actions.opening import Seen, open_incident
from anxin.desk.operations.incidents.models import Incident
from anxin.desk.oversight.reviews.actions.remembering import confirm_case, draft_cases, read_draft, refuse_case
from anxin.desk.oversight.reviews.actions.writing import Entry, write_entry
from anxin.desk.oversight.reviews.anonymous import anonymise, leads_back
from anxin.desk.oversight.reviews.case_queries import CaseFilter, cases_like, get_case, list_drafts, search_cases
from anxin.desk.oversight.reviews.errors import NamesSomebody, ReviewRefused
from anxin.desk.oversight.reviews.models import Case, Review
from anxin.desk.oversight.reviews.tests.conftest import published

pytestmark = pytest.mark.django_db(databases="__all__")
TITLE, TEXT = "冒充客服诱导改绑", "对方冒充客服，以退款为由索要验证码；改绑后立即提现。先冻结提现，再回拨本人。"


@pytest.fixture
def draft(review: Review, mentor: Actor, lead: Actor, clock: Clock) -> Case:
    """The draft of a closed incident."""
    entry = Entry("helped", "回拨本人后确认不是本人操作", "", "agent")
    write_entry(review_id=review.id, entry=entry, by=mentor, at=clock.moment)
    published(review, mentor, lead, clock.moment)
    assert draft_cases(at=clock.moment) == 0
    close(incident_id=review.incident_id, by=lead, at=clock.moment)
    assert (draft_cases(at=clock.moment), draft_cases(at=clock.moment)) == (1, 0)
    return Case.objects.get()


def confirm(
    draft: Case, by: Actor, clock: Clock, title: str = TITLE, text: str = TEXT, *, has_read: bool = True
) -> Case:
    return confirm_case(case_id=draft.id, title=title, text=text, has_read=has_read, by=by, at=clock.moment)


def found(by: Actor, **given: str) -> list[str]:
    return [each.title for each in search_cases(CaseFilter(**given), by=by)[0]]


def test_a_draft_is_not_in_the_library_until_a_person_confirmed_it(draft: Case, lead: Actor, clock: Clock) -> None:
    assert (found(lead), [each.id for each in list_drafts(by=lead)]) == ([], [draft.id])
    assert "回拨本人后确认不是本人操作" in read_draft(draft)
    confirm(draft, lead, clock)
    assert (found(lead), list_drafts(by=lead)) == ([TITLE], ())
    assert read_draft(Case.objects.get()) == ""


@pytest.mark.parametrize(
    ("given", "hits"),
    [
        ({"text": "冒充客服 退款"}, 1),
        ({"text": "客服 彩票"}, 0),
        ({"text": "account takeover"}, 1),
        ({"text": "盗"}, 1),
        ({"text": "credentials"}, 1),
        ({"kind": "account_takeover"}, 1),
        ({"kind": "other"}, 0),
        ({"factor": "rule"}, 1),
        ({"factor": "training"}, 0),
        ({"rule": "TXN_MANY"}, 0),
    ],
)
def test_it_is_found_in_both_languages(
    draft: Case, lead: Actor, clock: Clock, given: dict[str, str], hits: int
) -> None:
    confirm(draft, lead, clock)
    assert len(found(lead, **given)) == hits


@pytest.mark.parametrize(
    "text",
    [
        "night-agent 处理得当",
        "受害人 13800138000",
        "链接 https://safe-pay.example/x",
        "账号 u_li_2031",
        "发生于 2026-11-21",
        "金额 3200000 元",
        "事件 #12",
    ],
)
def test_what_leads_to_somebody_is_refused(draft: Case, lead: Actor, clock: Clock, text: str) -> None:
    with pytest.raises(NamesSomebody):
        confirm(draft, lead, clock, text=text)
    assert Case.objects.get().confirmed_at is None


def test_nobody_confirms_unread_or_twice(draft: Case, lead: Actor, clock: Clock) -> None:
    with pytest.raises(FieldInvalid):
        confirm(draft, lead, clock, has_read=False)
    confirm(draft, lead, clock)
    with pytest.raises(ReviewRefused):
        confirm(draft, lead, clock)


def test_a_refused_case_is_gone(draft: Case, lead: Actor, clock: Clock) -> None:
    refuse_case(case_id=draft.id, reason="says too much", by=lead, at=clock.moment)
    with pytest.raises(NotFound):
        get_case(case_id=draft.id, by=lead)
    assert (list_drafts(by=lead), draft_cases(at=clock.moment)) == ((), 0)


@pytest.mark.parametrize(
    ("text", "blank"),
    [
        ("打 13800138000 找他", "打 <phone> 找他"),
        ("付款 3,200,000 元", "付款 <number> 元"),
        ("2026-11-21 03:10 登录", "<date> 登录"),
        ("点了 www.safe-pay.example/x", "点了 <link>"),
        ("设备 d_new_91ab", "设备 <id>"),
        ("等了 15 分钟，L1，10-15 次", "等了 15 分钟，L1，10-15 次"),
    ],
)
def test_traces_are_blanked(review: Review, text: str, blank: str) -> None:
    incident = Incident.objects.get()
    assert anonymise(text, incident=incident) == blank
    assert leads_back(blank, incident=incident) is False


def test_similar_cases_stand_by_an_incident(draft: Case, lead: Actor, agent: Actor, clock: Clock) -> None:
    confirm(draft, lead, clock)
    same = open_incident(Seen(kind="account_takeover", level=2), by=agent, at=clock.moment)
    other = open_incident(Seen(kind="other", level=2), by=agent, at=clock.moment)
    assert [each.title for each in cases_like(incident_id=same.id, by=agent)] == [TITLE]
    assert cases_like(incident_id=other.id, by=agent) == ()
    assert cases_like(incident_id=draft.incident_id, by=agent) == ()


def test_another_organisation_sees_no_case(
    draft: Case, lead: Actor, actor: Callable[..., Actor], other_organisation: Organisation, clock: Clock
) -> None:
    confirm(draft, lead, clock)
    stranger = actor("shift_lead", username="stranger", to=other_organisation)
    assert found(stranger) == []
    with pytest.raises(NotFound):
        get_case(case_id=draft.id, by=stranger)
