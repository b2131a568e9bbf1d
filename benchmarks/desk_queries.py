"""How long the desk's reads take over a full projection: `python -m benchmarks.desk_queries [--events 5000000]`.

Rows are seeded straight into the tables, in the shape the projector gives them: 200 000 users with devices, cards and
addresses, one user with 50 000 events behind her, a tenth of all events with a text. Bodies that a query may open are
sealed as the projector seals them; the others are blobs of the same size. SQLite, in a folder that is deleted.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.projection import SLUG, start_desk

if TYPE_CHECKING:
    from anxin.desk.foundation.edge.actor import Actor

NOW = datetime(2026, 11, 22, tzinfo=UTC)
NOW_MS = 1_795_305_600_000
USERS, HOT_EVENTS, TEXTS, SENDERS = 200_000, 50_000, 3_000, 5_000
SENTENCES = (
    "你好请问这件还有货吗", "什么时候发货", "我要退款谢谢", "加我微信转账到安全账户", "点击链接领取补贴",
    "客服说要共享屏幕",
    "包裹还没有收到", "可以便宜一点吗", "尺码偏大想换货", "please refund me now", "验证码发给我", "这个颜色有吗",
)  # fmt: skip
ENTITIES = (("user", 0), ("device", 1), ("card", 2), ("address", 3), ("ip", 4))
"""Kinds, and the place of each in the ids of the seeded entities."""


def seed(events: int) -> str:
    """Fill the tables and return the organisation's id."""
    from anxin.desk.foundation.organisations.actions import found_organisation

    organisation = found_organisation(slug=SLUG, name="Bench", at=NOW)
    fill(organisation.id, events)
    return organisation.id


def fill(organisation_id: str, events: int) -> None:
    """Fill the tables of an organisation that is called SLUG."""
    from anxin.desk.decisioning.decisions.models import Projection

    row = Projection.objects.create(organisation_id=organisation_id, is_current=True, position=events)
    begun = time.perf_counter()
    for step in (_seed_origins, _seed_entities, _seed_decisions, _seed_named, _seed_links):
        step(row.pk, events)
        print(f"{step.__name__[6:]:<12}{time.perf_counter() - begun:7.0f} s", flush=True)
    _seed_texts(row.pk, events, organisation_id)
    _seed_hot(row.pk, events, organisation_id)
    _run("ANALYZE")
    print(f"{'all':<12}{time.perf_counter() - begun:7.0f} s", flush=True)


def _run(statement: str, *parameters: object) -> None:
    from django.db import connections, transaction

    with transaction.atomic(using="projection"), connections["projection"].cursor() as cursor:
        cursor.cursor.execute(statement, parameters)


def _numbers(count: int) -> str:
    return f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {int(count)})"


def _seed_origins(projection: int, _events: int) -> None:
    _run(
        f"{_numbers(30)} INSERT INTO decisions_origin SELECT (? << 16) + i - 1, ?, "
        "CASE i % 3 WHEN 0 THEN 'mall' WHEN 1 THEN 'social' ELSE 'local' END, 'goods', (10 + i) || '0000', 'CN' FROM n",
        projection,
        projection,
    )


def _seed_entities(projection: int, events: int) -> None:
    for kind, place in ENTITIES:
        _run(
            f"{_numbers(USERS)} INSERT INTO decisions_entity SELECT ((? << 40) + i) * 64 + ?, ?, ?, ? || i, "
            "?, ?, ?, ?, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, '', 0, 0.0, 0, '', 'mall', 'ios', 'CN 310000', '1,2', NULL "
            "FROM n",
            *(projection, place, projection, kind, kind[0], NOW_MS - 8_640_000_000, NOW_MS, events, events // USERS),
        )


def _seed_decisions(projection: int, events: int) -> None:
    from django.db import connections

    from anxin.desk.decisioning.decisions.ids import event_hash

    connections["projection"].connection.create_function("event_hash", 1, event_hash)
    _run(
        f"{_numbers(events)} INSERT INTO decisions_decision SELECT (? << 40) + i, 'evt_' || i, "
        "event_hash('evt_' || i), CASE i % 10 WHEN 0 THEN 'message.sent' WHEN 1 THEN 'account.login' "
        "WHEN 2 THEN 'order.created' ELSE 'payment.attempted' END, ? - (? - i) * 1000, ? - (? - i) * 1000, "
        "CASE WHEN i % 97 = 0 THEN 3 WHEN i % 1009 = 0 THEN 5 ELSE 0 END, (i % 100) * 1.0, i % 30, 'ios', "
        "'starter@1', '', 0, 3200, 'CNY', CASE WHEN i % 97 = 0 THEN 'TXN01' ELSE '' END, '' FROM n",
        *(projection, NOW_MS, events, NOW_MS, events),
    )
    _run(
        "INSERT INTO decisions_decisionrule SELECT ?, 'TXN01', id FROM decisions_decision WHERE verdict = 3", projection
    )
    _run(
        "INSERT INTO decisions_arrivalhour SELECT ?, received_at / 3600000, min(id) FROM decisions_decision "
        "GROUP BY received_at / 3600000",
        projection,
    )
    _run("INSERT INTO decisions_sealedrecord SELECT id, randomblob(420) FROM decisions_decision WHERE id % 10 <> 0")


def _seed_named(projection: int, events: int) -> None:
    """Name the entities of every event; the first user has one event in a hundred at least, up to HOT_EVENTS."""
    hot = max(1, events // HOT_EVENTS)
    for _, place in ENTITIES:
        _run(
            "INSERT INTO decisions_decisionentity SELECT ((? << 40) + CASE WHEN d.i % ? = 0 THEN 1 ELSE "
            "1 + (d.i * 7919) % ? END) * 64 + ?, d.occurred_at, d.id, 1, 1 + d.i % 9, d.verdict, d.origin "
            "FROM (SELECT *, id - (? << 40) AS i FROM decisions_decision) AS d ORDER BY 1, 2, 3",
            *(projection, hot, USERS, place, projection),
        )


def _seed_links(projection: int, _events: int) -> None:
    for _, place in ENTITIES[1:]:
        for step in (0, 1, 7):
            _run(
                f"{_numbers(USERS - 8)} INSERT OR IGNORE INTO decisions_entitylink "
                "SELECT min(a, b), max(a, b), 3, ?, ? FROM "
                "(SELECT ((? << 40) + i) * 64 AS a, ((? << 40) + i + ?) * 64 + ? AS b FROM n)",
                *(NOW_MS - 1000, NOW_MS, projection, projection, step, place),
            )
    _run(
        f"{_numbers(400)} INSERT OR IGNORE INTO decisions_entitylink SELECT ((? << 40) + 1) * 64, "
        "((? << 40) + 1000 + i * 3) * 64 + 1, 2, ?, ? - i FROM n",
        *(projection, projection, NOW_MS - 1000, NOW_MS),
    )


def _seed_texts(projection: int, events: int, organisation_id: str) -> None:
    """Give every tenth event a text: its terms, and its body under the key of who sent it."""
    from anxin.desk.decisioning.decisions.keys import keys_of

    draw, keys = random.Random(5), keys_of(SLUG)
    texts = ["，".join(draw.sample(SENTENCES, 2)) + f" 单号{draw.randrange(10**6)}" for _ in range(TEXTS)]
    _run("CREATE TEMP TABLE sample (text INTEGER, term INTEGER)")
    for number, text in enumerate(texts):
        for term in keys.terms(text):
            _run("INSERT INTO sample VALUES (?, ?)", number, term)
    _run(
        "INSERT INTO decisions_searchterm SELECT s.term, d.id FROM decisions_decision AS d JOIN sample AS s "
        f"ON s.text = (d.id / 10) % {TEXTS} WHERE d.id % 10 = 0 ORDER BY 1, 2"
    )
    ids = [(projection << 40) + i for i in range(events + 1) if ((projection << 40) + i) % 10 == 0 and i]
    _seal(ids, lambda row: {"text": texts[(row // 10) % TEXTS]}, organisation_id)


def _seed_hot(projection: int, events: int, organisation_id: str) -> None:
    """Seal the bodies of the first user's events as they are, so that her page opens real ones."""
    hot = max(1, events // HOT_EVENTS)
    ids = [row for i in range(hot, events + 1, hot) if (row := (projection << 40) + i) % 10]
    _run(
        "DELETE FROM decisions_sealedrecord WHERE (decision_id - (? << 40)) % ? = 0 AND decision_id % 10",
        projection,
        hot,
    )
    _seal(
        ids, lambda _row: {"phone": "13800138000", "device_id": "d1", "amount": 3200, "pm_token": "c1"}, organisation_id
    )
    _run(
        "UPDATE decisions_entity SET events = ?, risk_level = 3, risk_score = 60.0, risk_at = ?, links = 412 "
        "WHERE id = ((? << 40) + 1) * 64",
        *(len(ids), NOW_MS, projection),
    )
    _run(
        f"{_numbers(180)} INSERT INTO decisions_riskpoint SELECT ((? << 40) + 1) * 64, i, ? + i, i % 4, i / 3.0, "
        '\'[["verdict.hold","TXN01",1,1,35.0,1]]\' FROM n',
        *(projection, NOW_MS - 1000),
    )


def _seal(ids: list[int], fields: Callable[[int], Mapping[str, object]], organisation_id: str) -> None:
    import msgspec
    from django.db import connections, transaction

    from anxin.desk.decisioning.decisions.ids import seq_of
    from anxin.desk.decisioning.decisions.sealed_body import seal_body
    from anxin.desk.foundation.vault.bulk import seal_keys_of
    from anxin.engine.log.records import DecisionRecord

    keys = seal_keys_of(organisation_id, [f"user:u{number}" for number in range(SENDERS)], at=NOW)
    answer = msgspec.json.encode({"verdict": "allow", "score": 0.0, "policy": "starter@1"})
    for start in range(0, len(ids), 20_000):
        rows = []
        for row in ids[start : start + 20_000]:
            event = {
                "event_id": f"evt_{seq_of(row)}",
                "event_type": "message.sent",
                "occurred_at": NOW_MS,
                **fields(row),
            }
            record = DecisionRecord(
                NOW_MS, "", "", msgspec.json.encode(event), b"", answer, [1, 2.5, None], "starter@1"
            )
            key = keys[f"user:u{row % SENDERS}"]
            assert key is not None
            rows.append((row, seal_body(record, key, organisation_id=organisation_id, seq=seq_of(row))))
        with transaction.atomic(using="projection"), connections["projection"].cursor() as cursor:
            cursor.executemany("INSERT INTO decisions_sealedrecord VALUES (%s, %s)", rows)


def questions(organisation_id: str, events: int) -> dict[str, Callable[[], object]]:
    """Return what is asked, by name."""
    from anxin.desk.foundation.edge.actor import Actor, ActorKind
    from anxin.desk.foundation.permissions.authority import grants_of

    roles = frozenset({"specialist"})
    by = Actor(organisation_id, ActorKind.PERSON, "bench", person_id="per_1", roles=roles, grants=grants_of(roles))
    return {**_of_a_page(by), **_of_a_search(by, events), **_of_a_list(by)}


def _of_a_page(by: Actor) -> dict[str, Callable[[], object]]:
    from anxin.desk.decisioning.entities.graph import list_links
    from anxin.desk.decisioning.entities.queries import get_entity, get_risk
    from anxin.desk.decisioning.entities.timeline import TimelineFilter, list_timeline
    from anxin.engine.verdict import Verdict

    kind, key = "user", "u1"

    def page() -> None:
        get_entity(kind=kind, key=key, by=by, at=NOW)
        list_timeline(kind=kind, key=key, by=by)
        list_links(kind=kind, key=key, by=by, at=NOW)
        get_risk(kind=kind, key=key, by=by, at=NOW)

    rare = TimelineFilter(strands=frozenset({"report"}), least_verdict=Verdict.BLOCK)
    return {
        "entity page, 50 000 events": page,
        "its timeline, 200 rows": lambda: list_timeline(kind=kind, key=key, by=by, limit=200),
        "its timeline, a rare filter": lambda: list_timeline(kind=kind, key=key, by=by, chosen=rare),
    }


def _of_a_search(by: Actor, events: int) -> dict[str, Callable[[], object]]:
    from anxin.desk.decisioning.entities.search import find_entities

    asked = {
        "user id": "u777",
        "event id": f"evt_{events // 2}",
        "phone not there": "13900139000",
        "common words": "转账到安全账户",
        "common words together": "共享屏幕 领取补贴",
        "rare words": "单号77",
        "words never together": "我要 尺码偏大 验证码 包裹",
    }
    return {f"search: {name}": partial(find_entities, text, by=by, at=NOW) for name, text in asked.items()}


def _of_a_list(by: Actor) -> dict[str, Callable[[], object]]:
    from anxin.desk.decisioning.decisions.queries import DecisionFilter, list_decisions

    asked = {
        "200 decisions": DecisionFilter(),
        "200 held or blocked": DecisionFilter(verdicts=frozenset({"hold", "block"})),
        "200 of a rule and a score": DecisionFilter(rule="TXN01", least_score=95),
    }
    return {name: partial(list_decisions, chosen, by=by, limit=200) for name, chosen in asked.items()}


def measure(asked: dict[str, Callable[[], object]], times: int) -> None:
    """Ask each question and print median and 95th percentile."""
    for name, ask in asked.items():
        ask()
        spent = []
        for _ in range(times):
            begun = time.perf_counter()
            ask()
            spent.append((time.perf_counter() - begun) * 1000)
        spent.sort()
        print(
            f"{name:<32} p50 {spent[len(spent) // 2]:7.1f} ms   p95 {spent[int(len(spent) * 0.95)]:7.1f} ms", flush=True
        )


def main(arguments: list[str]) -> None:
    """Run the benchmark in a folder that is deleted afterwards."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=40)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="anxin-bench-") as folder:
        start_desk(Path(folder), postgresql=False)
        organisation_id = seed(given.events)
        size = sum(path.stat().st_size for path in Path(folder).glob("projection*"))
        print(f"{given.events} events, {size / 1e9:.2f} GB")
        measure(questions(organisation_id, given.events), given.times)


if __name__ == "__main__":
    main(sys.argv[1:])
