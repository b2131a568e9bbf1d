"""An organisation's kinds as text: exported whole, imported as what differs (R123)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast

import yaml

from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.edge.yaml_files import parse_yaml, write_yaml
from anxin.desk.operations.incidents.clocks.policy import shipped_text
from anxin.desk.operations.incidents.kinds import IncidentKind, KindChange, RaciChange, list_kinds, shipped_kinds
from anxin.desk.operations.incidents.models import PolicyVersion

LONGEST = 200_000
_FIELDS = frozenset({"name", "level", "procedure", "fold_minutes", "evidence", "checks", "raci"})
_RACI = frozenset({"responsible", "accountable", "consulted", "informed"})


def export_kinds(organisation_id: str, *, at: datetime) -> str:
    """Return all kinds as YAML that can be imported again."""
    kinds = {each.code: dict(settings_of(each)) for each in list_kinds(organisation_id, at=at)}
    return write_yaml({"kinds": kinds})


def settings_of(kind: IncidentKind) -> KindChange:
    """Return what of a kind an organisation may change, as it stands."""
    raci: RaciChange = {
        "responsible": list(kind.raci.responsible),
        "accountable": kind.raci.accountable,
        "consulted": list(kind.raci.consulted),
        "informed": list(kind.raci.informed),
    }
    return {
        "name": {"zh": kind.words.zh, "en": kind.words.en},
        "level": kind.level,
        "procedure": kind.procedure,
        "fold_minutes": int(kind.fold.total_seconds() // 60),
        "evidence": kind.evidence,
        "checks": list(kind.checks),
        "raci": raci,
    }


def parse_kinds(text: str) -> Mapping[str, KindChange]:
    """Return the changes a YAML document asks for, by kind; raise FieldInvalid naming what is wrong."""
    if len(text) > LONGEST:
        raise _wrong(f"<= {LONGEST}")
    try:
        document = parse_yaml(text)
    except yaml.YAMLError as wrong:
        raise _wrong("not YAML") from wrong
    kinds = document.get("kinds") if isinstance(document, dict) else None
    if not isinstance(kinds, dict) or not kinds:
        raise _wrong("kinds: {…}")
    return {str(code): _change(str(code), each) for code, each in kinds.items()}


def differing(kind: IncidentKind, change: KindChange) -> bool:
    """Return whether a change says anything else than what stands."""
    standing = settings_of(kind)
    return any(value != standing.get(name) for name, value in change.items())


def _change(code: str, each: object) -> KindChange:
    if code not in shipped_kinds() or not isinstance(each, dict) or not set(each) <= _FIELDS:
        raise _wrong(code)
    shapes = (
        all(type(each.get(name, 0)) is int for name in ("level", "fold_minutes", "evidence")),
        isinstance(each.get("procedure", ""), str),
        _is_list(each.get("checks", [])),
        "raci" not in each or _is_raci(each["raci"]),
        "name" not in each or _is_name(each["name"]),
    )
    if not all(shapes):
        raise _wrong(code)
    return cast("KindChange", each)


def _is_name(each: object) -> bool:
    return isinstance(each, dict) and set(each) == {"zh", "en"} and all(isinstance(item, str) for item in each.values())


def _is_raci(each: object) -> bool:
    if not isinstance(each, dict) or set(each) != _RACI or not isinstance(each["accountable"], str):
        return False
    return all(_is_list(each[name]) for name in ("responsible", "consulted", "informed"))


def _is_list(each: object) -> bool:
    return isinstance(each, list) and all(isinstance(item, str) for item in each)


def _wrong(reason: str) -> FieldInvalid:
    return FieldInvalid(pointer="/text", field="text", reason=reason)


def promise_text(organisation_id: str, *, at: datetime) -> str:
    """Return the promise in force as it was written."""
    rows = PolicyVersion.objects.filter(organisation_id=organisation_id, since__lte=at).order_by("-since", "-id")
    row = rows.first()
    return row.text if row is not None else shipped_text()


def promise_with(organisation_id: str, minutes: Mapping[int, Mapping[str, int]], *, version: str, at: datetime) -> str:
    """Return the promise in force with other minutes by level, as a text of another version."""
    document = parse_yaml(promise_text(organisation_id, at=at))
    document["version"] = version
    for level, each in minutes.items():
        document["levels"][level].update(each)
    return write_yaml(document)
