"""A change of a list: two people, tokens only, undone as a whole, and what the gateway makes of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest
from django.db import connection

from anxin.desk.conftest import NIGHT
from anxin.desk.decisioning.conftest import POLICY, Logged, Night, append, event, order
from anxin.desk.decisioning.decisions.keys import keys_of
from anxin.desk.decisioning.lists.actions import ask_for_change, undo_change
from anxin.desk.decisioning.lists.errors import ChangeClosed, NothingToChange, UndoLate
from anxin.desk.decisioning.lists.lines import TypedLine, parse_lines
from anxin.desk.decisioning.lists.membership import look_up
from anxin.desk.decisioning.lists.models import ListChange, ListChangeItem
from anxin.desk.decisioning.lists.queries import get_change, list_items, list_lists, page_entries
from anxin.desk.decisioning.lists.reviewing import Wanted, review_change
from anxin.desk.foundation.approvals.actions import approve, decline
from anxin.desk.foundation.approvals.errors import OwnRequest
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.control.models import ControlOrder
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.clock import to_ms
from anxin.desk.foundation.edge.refusals import FieldInvalid, NotFound, Refusal
from anxin.desk.foundation.outbox.models import Fact
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.engine.log.records import ControlRecord

ActorWith = Callable[..., Actor]
PHONE, IP = "13800138000", "203.0.113.77"


def wanted(*values: str, name: str = "stolen_cards", act: str = "put", days: int = 30) -> Wanted:
    reason = "stolen_means" if act == "put" else "wrongly_listed"
    return Wanted(act, name, tuple(TypedLine(number, each) for number, each in enumerate(values, 1)), reason, days)


def orders() -> list[tuple[int, str, dict[str, object]]]:
    return [(row.seq, row.kind, json.loads(row.body)) for row in ControlOrder.objects.order_by("seq")]


def agreed(change: ListChange, second: Actor) -> None:
    approve(approval_id=change.approval_id, by=second, at=NIGHT)


def obeyed(night: Night, *, refused: tuple[int, ...] = ()) -> None:
    """Let the gateway obey what was ordered, and the projection follow."""
    done = {each.record.control_seq for each in night.records if isinstance(each.record, ControlRecord)}
    fresh = [
        Logged(
            ControlRecord(seq, to_ms(NIGHT), kind, msgspec.json.encode(body), "list.entry_invalid" * (seq in refused)),
            1,
        )
        for seq, kind, body in orders()
        if seq not in done
    ]
    night.records += fresh
    append(night.data, night.organisation.slug, fresh)
    night.projector = night.new_projector()
    night.project()


def test_two_people_put_a_card_on_a_list(night: Night, actor: ActorWith) -> None:
    night.happened(event(1, pm_token="c9"))
    by, second = actor("specialist"), actor("rule_author")
    change = ask_for_change(wanted("c9", days=7), note="卡主来电", by=by, at=NIGHT)
    assert (change.state, change.count, orders()) == ("waiting", 1, [])
    with pytest.raises(OwnRequest):
        agreed(change, by)
    agreed(change, second)
    entry = {
        "value": "c9",
        "kind": "exact",
        "reason": "stolen_means",
        "added_by": by.label,
        "source": change.id,
        "expires_at": to_ms(NIGHT + timedelta(days=7)),
    }
    assert orders() == [(1, "list.put", {"list": "stolen_cards", "colour": "black", "entry": entry})]
    assert [each.state for each in list_items(change_id=change.id, by=by)[0]] == ["ordered"]
    obeyed(night)
    assert [each.state for each in list_items(change_id=change.id, by=by)[0]] == ["in_force"]
    (line,) = page_entries("stolen_cards", by=by, at=NIGHT).items
    assert (line.key, line.reason, line.placed_by, line.source) == ("c9", "stolen_means", by.label, change.id)
    assert line.name is not None
    assert (line.name.kind, line.until) == ("card", NIGHT + timedelta(days=7))
    (listed,) = list_lists(by=by, at=NIGHT)
    assert (listed.by_people, listed.waiting, listed.declared.rules) == (1, 0, ("TXN_STOLEN",))
    assert page_entries("stolen_cards", by=by, at=NIGHT + timedelta(days=7)).items == ()
    assert [each.act for each in AuditEntry.objects.filter(act__startswith="list.").order_by("seq")] == [
        "list.ask",
        "list.put",
    ]
    assert Fact.objects.get(topic="lists").object_id == change.id


def test_what_the_gateway_refused_is_told(night: Night, actor: ActorWith) -> None:
    night.happened(event(1))
    by = actor("specialist")
    change = ask_for_change(wanted("c1", "c2"), by=by, at=NIGHT)
    agreed(change, actor("rule_author"))
    obeyed(night, refused=(2,))
    states = [(each.key, each.state, each.refusal) for each in list_items(change_id=change.id, by=by)[0]]
    assert states == [("c1", "in_force", ""), ("c2", "refused", "list.entry_invalid")]
    assert [each.key for each in page_entries("stolen_cards", by=by, at=NIGHT).items] == ["c1"]


def test_each_line_has_its_result_and_a_trial_changes_nothing(night: Night, actor: ActorWith) -> None:
    night.happened(order("list.put", 1, list="stolen_cards", entry={"value": "old"}), event(2))
    by = actor("specialist")
    text = "value,days,reason\nnew,7,\nold,,confirmed_fraud\nnew,,\n13800138000,,\nx,0,\ny,,because\n,5,\n\n"
    asked = Wanted("put", "stolen_cards", parse_lines(text), "stolen_means", 30)
    found = review_change(asked, by=by, at=NIGHT).results
    assert [(each.number, each.outcome, each.days, each.reason) for each in found if each.outcome != "refused"] == [
        (2, "new", 7, "stolen_means"),
        (3, "renewed", 30, "confirmed_fraud"),
        (4, "repeated", 30, "stolen_means"),
    ]
    refused = [(each.number, each.shown) for each in found if each.outcome == "refused"]
    assert [number for number, _ in refused] == [5, 6, 7, 8]
    assert "13800138000" not in repr(found)
    assert (ListChange.objects.count(), AuditEntry.objects.filter(act="list.ask").count(), orders()) == (0, 0, [])
    off = Wanted("remove", "stolen_cards", parse_lines("old\nnew"), "wrongly_listed", 0)
    assert [each.outcome for each in review_change(off, by=by, at=NIGHT).results] == ["taken_off", "not_listed"]


def test_a_change_is_taken_back_as_a_whole_to_what_stood_before(night: Night, actor: ActorWith) -> None:
    end = to_ms(NIGHT + timedelta(days=90))
    before = {"value": "old", "reason": "mule", "added_by": "cli", "source": "night", "expires_at": end}
    night.happened(order("list.put", 1, list="stolen_cards", entry=before), event(2))
    by, second = actor("specialist"), actor("rule_author")
    change = ask_for_change(wanted("old", "new", "later", days=1), by=by, at=NIGHT)
    agreed(change, second)
    obeyed(night)
    other = ask_for_change(wanted("later", days=180), by=by, at=NIGHT)
    agreed(other, second)
    obeyed(night)
    with pytest.raises(UndoLate):
        undo_change(change_id=change.id, by=by, at=NIGHT + timedelta(hours=25))
    undone = undo_change(change_id=change.id, by=by, at=NIGHT + timedelta(hours=23))
    assert (undone.state, [kind for _, kind, _ in orders()][-2:]) == ("undone", ["list.put", "list.remove"])
    obeyed(night)
    lines = {each.key: each for each in page_entries("stolen_cards", by=by, at=NIGHT).items}
    assert set(lines) == {"old", "later"}
    assert (lines["old"].reason, lines["old"].placed_by, lines["old"].until) == (
        "mule",
        "cli",
        NIGHT + timedelta(days=90),
    )
    assert [each.state for each in list_items(change_id=change.id, by=by)[0]] == ["undone", "undone", "kept"]
    with pytest.raises(ChangeClosed):
        undo_change(change_id=change.id, by=by, at=NIGHT)


def test_taking_off_and_taking_that_back(night: Night, actor: ActorWith) -> None:
    night.happened(order("list.put", 1, list="stolen_cards", entry={"value": "c1", "reason": "r"}), event(2))
    by, second = actor("specialist"), actor("rule_author")
    change = ask_for_change(wanted("c1", act="remove"), by=by, at=NIGHT)
    agreed(change, second)
    assert orders()[-1][1:] == ("list.remove", {"list": "stolen_cards", "value": "c1", "entry_kind": "exact"})
    obeyed(night)
    assert page_entries("stolen_cards", by=by, at=NIGHT).items == ()
    undo_change(change_id=change.id, by=second, at=NIGHT)
    obeyed(night)
    assert [each.reason for each in page_entries("stolen_cards", by=by, at=NIGHT).items] == ["r"]


def test_a_declined_change_orders_nothing(night: Night, actor: ActorWith) -> None:
    night.happened(event(1))
    change = ask_for_change(wanted("c1"), by=actor("service_agent"), at=NIGHT)
    decline(approval_id=change.approval_id, by=actor("rule_author"), at=NIGHT)
    assert (get_change(change_id=change.id, by=actor("specialist")).state, orders()) == ("declined", [])


PERSONAL_POLICY = POLICY | {
    "lists/personal.yaml": (
        "lists:\n  bad_phones: {colour: black, text: {zh: 手机号, en: phones}}\n"
        "  bad_ips: {colour: black, kind: network, text: {zh: 地址, en: addresses}}\n"
        "  bad_users: {colour: black, text: {zh: 账号, en: users},"
        " entries: [{value: u-policy, reason: example}]}\n"
    ),
    "rules/personal.yaml": POLICY["rules/all.yaml"][POLICY["rules/all.yaml"].index("  TXN_STOLEN") :]
    .join(["rules:\n", ""])
    .replace("TXN_STOLEN", "TXN_PERSON")
    .replace(
        'pm_token in list("stolen_cards")',
        'phone in list("bad_phones") or ip in list("bad_ips") or actor_id in list("bad_users")',
    ),
}


@pytest.fixture
def personal(night: Night) -> Night:
    night.happened(
        order("policy.publish", 1, files=PERSONAL_POLICY, control_seq=0),
        event(2, phone=PHONE, ip=IP, user="13900139000"),
    )
    return night


@pytest.mark.parametrize(
    ("name", "typed", "kind", "token"),
    [
        ("bad_phones", "138 0013 8000", "exact", "phone"),
        ("bad_ips", IP, "exact", "ip"),
        ("bad_ips", f"{IP}/32", "exact", "ip"),
        ("bad_ips", "203.0.113.0/24", "network", ""),
        ("bad_users", "u1", "exact", ""),
        ("bad_users", "13900139000", "exact", ""),
    ],
)
def test_personal_values_become_tokens_before_anything_is_kept(
    personal: Night, actor: ActorWith, name: str, typed: str, kind: str, token: str
) -> None:
    keys = keys_of(personal.organisation.slug)
    key = keys.personal_key(token, {"phone": PHONE, "ip": IP}[token]) if token else typed
    change = ask_for_change(wanted(typed, name=name), by=actor("specialist"), at=NIGHT)
    agreed(change, actor("rule_author"))
    item = ListChangeItem.objects.get()
    assert (item.entry_kind, item.key) == (kind, key)
    assert orders()[0][2]["entry"]["value"] == key  # type: ignore[index]
    if token:
        with connection.cursor() as cursor:
            cursor.execute("SELECT body FROM control_stream")
            assert typed not in cursor.fetchall()[0][0]
        obeyed(personal)
        answer = look_up(typed, by=actor("specialist", username="asks"), at=NIGHT)
        assert [each.list_name for each in answer.memberships] == [name] * (not typed.endswith("/32"))
        assert typed not in repr(answer)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("bad_phones", "somebody"),
        ("bad_ips", "0.0.0.0/0"),
        ("bad_ips", "203.0.113.7/24"),
        ("bad_users", PHONE),
        ("bad_users", "li.lei@example.com"),
        ("bad_users", "11010519491231002X"),
        ("bad_users", "a\x00b"),
        ("stolen_cards", "4111111111111111"),
        ("stolen_cards", "x" * 513),
    ],
)
def test_what_does_not_fit_a_list_is_refused_and_nothing_kept(
    personal: Night, actor: ActorWith, name: str, typed: str
) -> None:
    with pytest.raises(NothingToChange):
        ask_for_change(wanted(typed, name=name), by=actor("specialist"), at=NIGHT)
    assert (ListChange.objects.count(), orders()) == (0, [])


def test_an_entry_of_the_policy_is_taken_off_and_comes_back(personal: Night, actor: ActorWith) -> None:
    by, second = actor("specialist"), actor("rule_author")
    assert [each.source for each in page_entries("bad_users", by=by, at=NIGHT).items] == ["policy"]
    change = ask_for_change(wanted("u-policy", name="bad_users", act="remove"), by=by, at=NIGHT)
    agreed(change, second)
    assert page_entries("bad_users", by=by, at=NIGHT).items == ()
    assert look_up("u-policy", by=by, at=NIGHT).memberships == ()
    undo_change(change_id=change.id, by=by, at=NIGHT)
    entry = orders()[-1][2]["entry"]
    assert (entry["value"], entry["source"]) == ("u-policy", "policy")  # type: ignore[index]
    assert [each.reason for each in look_up("u-policy", by=by, at=NIGHT).memberships] == ["example"]


@pytest.mark.parametrize(
    ("role", "more", "refusal"),
    [
        ("auditor", {}, Forbidden),
        ("specialist", {"name": "no_such_list"}, NotFound),
        ("specialist", {"act": "burn"}, FieldInvalid),
        ("specialist", {"days": 366}, FieldInvalid),
        ("specialist", {"days": 0}, FieldInvalid),
    ],
)
def test_a_refused_change_changes_nothing(
    night: Night, actor: ActorWith, role: str, more: dict[str, object], refusal: type[Refusal]
) -> None:
    night.happened(event(1))
    with pytest.raises(refusal):
        ask_for_change(wanted("c1", **more), by=actor(role), at=NIGHT)  # type: ignore[arg-type]
    assert (ListChange.objects.count(), orders()) == (0, [])


def test_a_thousand_lines_at_once(night: Night, actor: ActorWith) -> None:
    night.happened(event(1))
    change = ask_for_change(wanted(*(f"card-{each}" for each in range(1000))), by=actor("specialist"), at=NIGHT)
    agreed(change, actor("rule_author"))
    assert [seq for seq, _, _ in orders()] == list(range(1, 1001))
    change.refresh_from_db()
    assert (change.first_seq, change.last_seq) == (1, 1000)
    assert [each.control_seq for each in change.items.order_by("place")] == list(range(1, 1001))
    assert undo_change(change_id=change.id, by=actor("shift_lead"), at=NIGHT).state == "undone"
    assert [kind for _, kind, _ in orders()].count("list.remove") == 1000
