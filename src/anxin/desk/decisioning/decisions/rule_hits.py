"""How often rules fired, by version of their policy, and how often it was said later that they were mistaken."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import connections

from anxin.desk.decisioning.decisions.models import ArrivalHour, Decision, DecisionLabel, DecisionRule
from anxin.desk.decisioning.decisions.projection.batch import HOUR_MS
from anxin.desk.decisioning.decisions.scope import Scope, find_scope
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.clock import to_ms
from anxin.desk.foundation.permissions.authority import require

_HITS = """
SELECT r.rule, d.policy, COUNT(*) FROM {rules} r JOIN {decisions} d ON d.id = r.decision_id
WHERE d.id >= %s AND d.id < %s AND r.projection_id = %s {more}
GROUP BY r.rule, d.policy
"""
_LABELLED = "AND EXISTS (SELECT 1 FROM {labels} l WHERE l.decision_id = d.id AND l.is_fraud = %s)"

RuleVersion = tuple[str, str]


def count_hits(by: Actor, *, since: datetime) -> Mapping[RuleVersion, int]:
    """Return how often each (rule, policy) fired since the hour of a moment, within the actor's sites."""
    return _count(by, since, "", ())


def count_overrides(by: Actor, *, since: datetime) -> Mapping[RuleVersion, int]:
    """Return how often each (rule, policy) fired on what was labelled legitimate later."""
    more = _LABELLED.format(labels=DecisionLabel._meta.db_table)
    return _count(by, since, more, (False,))


def _count(by: Actor, since: datetime, more: str, given: tuple[int, ...]) -> Mapping[RuleVersion, int]:
    require(by, "policy.view")
    scope = find_scope(by)
    if scope is None:
        return {}
    if scope.origins is not None:
        places = ", ".join(["%s"] * len(scope.origins)) or "NULL"
        more, given = f"{more} AND d.origin IN ({places})", (*given, *scope.origins)
    # Only names of tables and placeholders are put into the sentence.
    sentence = _HITS.format(rules=DecisionRule._meta.db_table, decisions=Decision._meta.db_table, more=more)
    with connections["projection"].cursor() as cursor:
        cursor.execute(sentence, (_first_id(scope, since), scope.rows[1], scope.projection_id, *given))
        return {(rule, policy): count for rule, policy, count in cursor.fetchall()}


def _first_id(scope: Scope, since: datetime) -> int:
    hour = to_ms(since) // HOUR_MS
    rows = ArrivalHour.objects.filter(projection_id=scope.projection_id, hour__gte=hour).order_by("hour")
    first = rows.values_list("first_id", flat=True).first()
    return first if first is not None else scope.rows[1]
