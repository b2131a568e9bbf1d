"""One view of a person or thing: complete, in order, within the actor's sites, and masked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from anxin.desk.conftest import NIGHT
from anxin.desk.decisioning.conftest import Night, event, order
from anxin.desk.decisioning.decisions.risk import RiskLevel
from anxin.desk.decisioning.entities.graph import list_links
from anxin.desk.decisioning.entities.queries import compare_entities, get_entity, get_risk
from anxin.desk.decisioning.entities.search import find_entities
from anxin.desk.decisioning.entities.timeline import Timeline, TimelineFilter, list_timeline
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import FieldInvalid, NotFound
from anxin.desk.foundation.organisations.models import Site
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.engine.verdict import Verdict

Actors = Callable[..., Actor]
LATER = NIGHT + timedelta(minutes=5)
CHAT = "加我微信，转账到安全账户13800138000"


def told(timeline: Timeline) -> list[str]:
    """Return the event ids of a page."""
    return [each.line.event_id for each in timeline.items if each.line is not None]


def test_an_entity_says_who_what_and_how_risky(night: Night, actor: Actors) -> None:
    night.happened(
        *(event(number, event_type="payment.succeeded") for number in range(2)),
        *(event(number, pm_token="c1") for number in range(2, 6)),
        order("hold.place", 7, entity_kind="user", entity_id="u1", verdict="hold", measure="m1", reason="scam"),
    )
    view = get_entity(kind="user", key="u1", by=actor("specialist"), at=LATER)
    assert view.name.title == "u1"
    assert view.counts is not None
    assert (view.counts.events, view.counts.held) == (6, 2)
    assert view.money is not None
    assert [(each.currency, each.paid) for each in view.money] == [("CNY", 64_000)]
    assert [(each.measure, each.verdict, each.reason) for each in view.orders] == [("m1", "hold", "scam")]
    assert view.risk.level is RiskLevel.HIGH
    assert [(each.code, each.detail, each.count) for each in view.risk.reasons] == [("verdict.hold", "TXN_MANY", 2)]
    course = get_risk(kind="user", key="u1", by=actor("specialist", username="b"), at=LATER)
    assert [(point.level, point.score) for point in course.points] == [
        (RiskLevel.ELEVATED, 35.0),
        (RiskLevel.HIGH, 57.75),
    ]


def test_a_timeline_tells_everything_once_in_order(night: Night, actor: Actors) -> None:
    night.happened(
        event(1, "account.login"),
        event(9, "order.created", order_id="o1"),
        event(5, "message.sent", user="u2", to_id="u1", text=CHAT),
        event(7, "report.submitted", user="u3", target_id="u1"),
    )
    by = actor("specialist")
    page = list_timeline(kind="user", key="u1", by=by, limit=3)
    rest = list_timeline(kind="user", key="u1", by=by, limit=3, cursor=page.cursor)
    items = [*page.items, *rest.items]
    assert [each.line.event_id for each in items if each.line] == ["e9", "e7", "e5", "e1"]
    assert [each.strand.name for each in items] == ["order", "report", "message", "sign_in"]
    assert [each.role.name for each in items if each.role] == ["actor", "target", "recipient", "actor"]
    assert rest.cursor is None
    assert "13800138000" not in repr(items)
    chosen = TimelineFilter(strands=frozenset({"order", "sign_in"}), since=NIGHT + timedelta(seconds=2))
    assert [
        each.line.event_id for each in list_timeline(kind="user", key="u1", by=by, chosen=chosen).items if each.line
    ] == ["e9"]
    severe = TimelineFilter(least_verdict=Verdict.HOLD)
    assert list_timeline(kind="user", key="u1", by=by, chosen=severe).items == ()
    with pytest.raises(FieldInvalid):
        list_timeline(kind="user", key="u1", by=by, cursor="what")


def test_links_lead_from_one_to_another(night: Night, actor: Actors) -> None:
    night.happened(
        event(1, device_id="d1", pm_token="c1"),
        event(2, user="u2", device_id="d1", pm_token="c2"),
        event(3, user="u3", device_id="d3", pm_token="c2"),
    )
    graph = list_links(kind="user", key="u1", by=actor("specialist"), at=LATER)
    found = {node.name.key: node.step for node in graph.nodes}
    assert found == {"u1": 0, "d1": 1, "c1": 1, "u2": 2}
    pairs = {tuple(sorted((graph.nodes[e.one].name.key, graph.nodes[e.other].name.key))) for e in graph.edges}
    assert pairs == {("d1", "u1"), ("c1", "u1"), ("d1", "u2")}


def test_two_people_are_compared_by_what_they_share(night: Night, actor: Actors) -> None:
    night.happened(event(1, device_id="d1"), event(2, user="u2", device_id="d1"), event(3, user="u2", device_id="d2"))
    found = compare_entities(one=("user", "u1"), other=("user", "u2"), by=actor("specialist"), at=LATER)
    assert ([name.key for name in found.shared], found.met) == (["d1"], 0)


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("u1", "user"),
        ("138 0013 8000", "phone"),
        ("+86-13800138000", "phone"),
        ("Li.Lei@Example.com", "email"),
        ("203.0.113.77", "ip"),
        ("o1", "order"),
        ("https://evil.example/login?x=1", "link"),
    ],
)
def test_whatever_is_at_hand_finds_it(night: Night, actor: Actors, query: str, kind: str) -> None:
    personal = {"phone": "13800138000", "email": "li.lei@example.com", "ip": "203.0.113.77"}
    night.happened(event(1, order_id="o1", **personal), event(2, "link.clicked", domain="evil.example"))
    answer = find_entities(query, by=actor("specialist"), at=LATER)
    assert [view.name.kind for view in answer.entities] == [kind]
    assert not any(clear in repr(answer) for clear in personal.values())


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("安全账户", ["e1"]),
        ("转账 微信", ["e1"]),
        ("账户安全", []),
        ("refund", ["e2"]),
        ("REFUND now", ["e2"]),
        ("退", []),
    ],
)
def test_words_of_a_text_find_it(night: Night, actor: Actors, query: str, found: list[str]) -> None:
    night.happened(event(1, "message.sent", text=CHAT), event(2, "report.submitted", text="refund me now"))
    answer = find_entities(query, by=actor("specialist"), at=LATER)
    assert [match.line.event_id for match in answer.texts] == found
    assert "13800138000" not in repr(answer)


def test_an_event_id_finds_its_decision(night: Night, actor: Actors) -> None:
    night.happened(event(1))
    answer = find_entities("e1", by=actor("specialist"), at=LATER)
    assert answer.decision is not None
    assert answer.decision.event_id == "e1"


def test_sites_bound_what_is_seen(night: Night, actor: Actors) -> None:
    site = Site.objects.create(
        id="site_1", organisation=night.organisation, platform="mall", business_line="*", region="*", name="Mall"
    )
    night.happened(event(1), event(2, platform="social"), event(3, user="u9", platform="social", device_id="d9"))
    everywhere = actor("specialist")
    by = Actor(**{**everywhere.__dict__, "sites": frozenset({site.pk})})
    view = get_entity(kind="user", key="u1", by=by, at=LATER)
    assert (view.counts, view.money) == (None, None)
    assert told(list_timeline(kind="user", key="u1", by=by)) == ["e1"]
    for kind, key in (("user", "u9"), ("device", "d9")):
        with pytest.raises(NotFound):
            get_entity(kind=kind, key=key, by=by, at=LATER)
    assert find_entities("u9", by=by, at=LATER).entities == ()
    assert find_entities("e3", by=by, at=LATER).decision is None
    assert len(find_entities("u9", by=everywhere, at=LATER).entities) == 1


def test_organisations_never_mix(night: Night, other_night: Night, actor: Actors) -> None:
    night.happened(event(1))
    other_night.happened(event(2, user="u2", device_id="d-u1"))
    by = actor("specialist")
    with pytest.raises(NotFound):
        get_entity(kind="user", key="u2", by=by, at=LATER)
    assert find_entities("u2", by=by, at=LATER).entities == ()
    assert find_entities("e2", by=by, at=LATER).decision is None
    assert {node.name.key for node in list_links(kind="device", key="d-u1", by=by, at=LATER).nodes} == {"d-u1", "u1"}


def test_who_may_not_is_refused(night: Night, actor: Actors) -> None:
    night.happened(event(1))
    by = actor("rule_author")
    with pytest.raises(Forbidden):
        get_entity(kind="user", key="u1", by=by, at=LATER)
    with pytest.raises(Forbidden):
        find_entities("u1", by=by, at=LATER)
