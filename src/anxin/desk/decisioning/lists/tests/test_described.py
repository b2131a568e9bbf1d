"""What the approver of a change reads: which list, what, why, how long; never whom in clear."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from anxin.desk.conftest import NIGHT
from anxin.desk.decisioning.conftest import Night, event, order
from anxin.desk.decisioning.lists.actions import ask_for_change
from anxin.desk.decisioning.lists.described import describe_changes
from anxin.desk.decisioning.lists.tests.test_actions import wanted
from anxin.desk.decisioning.lists.values import shown_key
from anxin.desk.foundation.approvals.acts import Asked
from anxin.desk.foundation.approvals.queries import get_inbox
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.models import Organisation

ActorWith = Callable[..., Actor]


def test_what_is_put_on_which_list(night: Night, actor: ActorWith, other_organisation: Organisation) -> None:
    night.happened(event(1))
    change = ask_for_change(wanted("c1", "c2", "c3", "c4", days=7), by=actor("specialist"), at=NIGHT)
    second = actor("rule_author")
    (line,) = get_inbox(by=second, at=NIGHT).waiting
    assert line.about is not None
    assert line.about.href == f"/lists/changes/{change.id}/"
    assert line.about.words.en == (
        "4 entries on “stolen cards”: c1, c2, c3 and more, because of stolen means of payment or account, days: 7"
    )
    assert line.about.words.zh.endswith("4 条：c1、c2、c3 等，原因“盗用的支付工具或账号”，7 天")
    asked = [Asked("apr_1", change.id, {}, "")]
    assert list(describe_changes(asked, second, NIGHT)) == ["apr_1"]
    assert describe_changes(asked, actor("rule_author", username="far", to=other_organisation), NIGHT) == {}


def test_what_is_taken_off(night: Night, actor: ActorWith) -> None:
    night.happened(order("list.put", 1, list="stolen_cards", entry={"value": "old"}))
    change = ask_for_change(wanted("old", act="remove"), by=actor("specialist"), at=NIGHT)
    (found,) = describe_changes([Asked("apr_1", change.id, {}, "")], actor("rule_author"), NIGHT).values()
    assert found.words.en == "1 entry off “stolen cards”: old, because of listed by mistake"


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("0123456789abcdef0123456789abcdef", "01234567…"),
        ("13800138000", "(not shown)"),
        ("li.lei@example.com", "(not shown)"),
        ("c9", "c9"),
        ("x" * 60, "x" * 40 + "…"),
        ("203.0.113.0/24", "203.0.113.0/24"),
    ],
)
def test_no_value_that_is_somebody_is_shown(key: str, shown: str) -> None:
    assert shown_key(key).en == shown
