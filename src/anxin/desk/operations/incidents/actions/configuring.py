"""An organisation's own kinds and promises: versions that hold for what begins after them (R20, C19)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache

import yaml
from django.db import transaction

from anxin.desk.foundation.audit.actions import lock_head, record_entry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.organisations.models import Department
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.permissions.catalogue import roles
from anxin.desk.foundation.ui.words import say
from anxin.desk.operations.incidents.actions.opening import require_kind
from anxin.desk.operations.incidents.clocks.policy import parse_policy, shipped_policy
from anxin.desk.operations.incidents.kinds import (
    KindChange,
    changed_kind,
    check_words,
    kind_name,
    kind_names,
    list_kinds,
    shipped_kinds,
)
from anxin.desk.operations.incidents.models import KindVersion, PolicyVersion
from anxin.desk.operations.incidents.settings_text import (
    differing,
    parse_kinds,
    promise_with,
    settings_of,
)

NAME_LENGTH: Mapping[str, int] = {"zh": 20, "en": 40}
"""Characters a kind's name may have: it stands in the queue, in tables and in alerts."""
_PROCEDURE = re.compile(r"[A-Z][A-Z0-9-]{1,15}")


@cache
def shipped_departments() -> frozenset[str]:
    """Return every name that the shipped allocations hold."""
    racis = [each.raci for each in shipped_kinds().values()]
    return frozenset(
        name for each in racis for name in (*each.responsible, each.accountable, *each.consulted, *each.informed)
    )


@transaction.atomic
def set_policy(*, text: str, by: Actor, at: datetime) -> PolicyVersion:
    """Put a promise of the organisation's own into force; running clocks keep theirs."""
    require(by, "incident.configure")
    try:
        policy = parse_policy(text)
    except (KeyError, ValueError, TypeError, AssertionError, AttributeError, yaml.YAMLError) as wrong:
        raise FieldInvalid(pointer="/text", field="text", reason=type(wrong).__name__) from wrong
    if not all(timedelta() < each.target and timedelta() < each.nudge for each in policy.levels.values()):
        raise FieldInvalid(pointer="/text", field="target", reason=">= 1", reason_zh="至少 1 分钟")
    lock_head(by.organisation_id)
    if not 0 < len(policy.version) <= 64:
        raise FieldInvalid(pointer="/text", field="version", reason="1–64")
    rows = PolicyVersion.objects.filter(organisation_id=by.organisation_id, version=policy.version)
    if policy.version == shipped_policy().version or rows.exists():
        raise FieldInvalid(pointer="/text", field="version", reason="is taken", reason_zh="已被使用")
    record_entry(
        "incident.set_policy", by=by, at=at, on=("promise", policy.version), details={"policy": policy.version}
    )
    return PolicyVersion.objects.create(
        organisation_id=by.organisation_id, version=policy.version, text=text, since=at, by_id=by.person_id or ""
    )


def set_minutes(*, minutes: Mapping[int, Mapping[str, int]], by: Actor, at: datetime) -> PolicyVersion:
    """Put other minutes into force by level, as a version named by the moment; the rest of the promise stays."""
    require(by, "incident.configure")
    version = at.astimezone(UTC).strftime("%Y.%m.%d-%H%M%S")
    return set_policy(text=promise_with(by.organisation_id, minutes, version=version, at=at), by=by, at=at)


@transaction.atomic
def import_kinds(*, text: str, by: Actor, at: datetime) -> tuple[KindVersion, ...]:
    """Put every kind of a YAML document into force that differs from what stands: all of them, or none."""
    require(by, "incident.configure")
    standing = {each.code: each for each in list_kinds(by.organisation_id, at=at)}
    wanted = {code: each for code, each in parse_kinds(text).items() if differing(standing[code], each)}
    return tuple(
        set_kind(kind=code, change={**settings_of(standing[code]), **each}, by=by, at=at)
        for code, each in wanted.items()
    )


def _require_assigned(change: KindChange, by: Actor) -> None:
    """Refuse an allocation with nobody responsible or accountable, or that names nobody there is (R123)."""
    if "raci" not in change:
        return
    raci, known = change["raci"], assignable(by.organisation_id)
    named = {*raci["responsible"], raci["accountable"], *raci["consulted"], *raci["informed"]}
    if not raci["responsible"] or not raci["accountable"]:
        raise FieldInvalid(pointer="/raci", field="raci", reason="nobody assigned", reason_zh="未指定负责人")
    if not named <= known:
        raise FieldInvalid(pointer="/raci", field="raci", reason=", ".join(sorted(named - known)))


def assignable(organisation_id: str) -> frozenset[str]:
    """Return who can stand in an allocation: roles, and the organisation's departments by code."""
    departments = Department.objects.filter(organisation_id=organisation_id, closed_at=None)
    return frozenset(roles()) | frozenset(departments.values_list("code", flat=True)) | shipped_departments()


def _require_name(kind: str, change: KindChange, by: Actor) -> None:
    """Refuse a name that is missing in a language, too long, of several lines, or another kind's."""
    if "name" not in change:
        return
    others = {code: words for code, words in kind_names(by.organisation_id).items() if code != kind}
    for language, longest in NAME_LENGTH.items():
        given = change["name"]["zh" if language == "zh" else "en"]
        pointer, field, field_zh = f"/name/{language}", f"name ({language})", "名称" if language == "zh" else "英文名称"
        if not 0 < len(given) <= longest or given != given.strip() or not given.isprintable():
            raise FieldInvalid(pointer=pointer, field=field, field_zh=field_zh, reason=f"1–{longest}")
        if given.casefold() in {say(words, language).casefold() for words in others.values()}:
            raise FieldInvalid(
                pointer=pointer, field=field, field_zh=field_zh, reason="is taken", reason_zh="与其他类型重名"
            )


def _without_shipped_name(kind: str, change: KindChange) -> KindChange:
    """Leave the shipped name out: where the product renames a kind, it is renamed here, too."""
    if change.get("name") != shipped_kinds()[kind].words._asdict():
        return change
    left = KindChange(**change)
    del left["name"]
    return left


@transaction.atomic
def set_kind(*, kind: str, change: KindChange, by: Actor, at: datetime) -> KindVersion:
    """Say what the organisation does otherwise for a kind; incidents open keep the version they began with."""
    require(by, "incident.configure")
    require_kind(kind, by=by, at=at)
    if change.get("level", 1) not in (1, 2, 3) or change.get("evidence", 0) < 0 or change.get("fold_minutes", 1) < 0:
        raise FieldInvalid(pointer="/level", field="level", reason="level 1–3, counts not negative")
    if not set(change.get("checks", [])) <= set(check_words()):
        raise FieldInvalid(pointer="/checks", field="checks", reason=", ".join(check_words()))
    if not _PROCEDURE.fullmatch(change.get("procedure", "PB-01")):
        raise FieldInvalid(pointer="/procedure", field="procedure", reason="A–Z, 0–9, -")
    _require_assigned(change, by)
    lock_head(by.organisation_id)
    _require_name(kind, change, by)
    change = _without_shipped_name(kind, change)
    before = kind_name(by.organisation_id, kind)
    is_renamed = changed_kind(shipped_kinds()[kind], "", **change).words != before
    number = KindVersion.objects.filter(organisation_id=by.organisation_id, kind=kind).count() + 1
    record_entry(
        "incident.set_kind",
        by=by,
        at=at,
        on=("incident_kind", kind),
        details={"kind": kind, "version": number, "is_renamed": is_renamed},
    )
    return KindVersion.objects.create(
        organisation_id=by.organisation_id,
        kind=kind,
        version=number,
        text=json.dumps(change, sort_keys=True),
        since=at,
        by_id=by.person_id or "",
    )
