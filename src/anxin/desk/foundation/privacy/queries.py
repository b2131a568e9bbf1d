"""What may be read about how personal data is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.permissions.authority import form_for, require
from anxin.desk.foundation.permissions.catalogue import Form, field_rules
from anxin.desk.foundation.privacy.models import Erasure, LegalHold
from anxin.desk.foundation.privacy.purposes import RetentionRule, purposes, retention_rules
from anxin.desk.foundation.privacy.registry import personal_columns
from anxin.desk.foundation.ui.words import Words
from anxin.desk.foundation.vault.errors import KeyServiceUnreachable
from anxin.desk.foundation.vault.models import DataKey
from anxin.desk.foundation.vault.sealing import key_service

_CLASSES = {
    "identity": Words("身份", "identity"),
    "contact": Words("联系方式", "contact"),
    "financial": Words("财务", "financial"),
    "location": Words("位置", "location"),
    "device": Words("设备", "device"),
    "content": Words("内容", "content"),
}
_FORMS = {
    Form.NONE: Words("看不到", "not at all"),
    Form.PSEUDONYM: Words("只见代号", "a pseudonym"),
    Form.COARSE: Words("只到省市或类别", "place or category only"),
    Form.COARSE_REVEAL: Words("只到省市，可凭目的查看", "place only; the whole for a purpose"),
    Form.MASKED: Words("遮盖", "masked"),
    Form.REVEAL: Words("遮盖，可凭目的查看 60 秒", "masked; 60 seconds for a purpose"),
    Form.REVEAL_SECOND: Words("遮盖，查看须第二人批准", "masked; a second person agrees first"),
    Form.FULL: Words("完整", "in full"),
}


@dataclass(frozen=True)
class FieldLine:
    """One kind of personal data: class, level 1–4, in which form the reader sees it, and where it lies."""

    words: Words
    data_class: Words
    level: int
    form: Words
    columns: tuple[str, ...]


@dataclass(frozen=True)
class KeyState:
    """The organisation's keys: the key-encrypting key in use, data keys in use, and how many wait to be renewed.

    `kek_id` is "" while the key service is away: then nobody knows how many wait.
    """

    kek_id: str
    data_keys: int
    waiting: int
    newest_at: datetime | None


@dataclass(frozen=True)
class PrivacyOverview:
    """All of it, for one page."""

    fields: tuple[FieldLine, ...]
    purposes: tuple[Words, ...]
    retention: tuple[RetentionRule, ...]
    keys: KeyState
    erasures: tuple[Erasure, ...]
    holds: tuple[LegalHold, ...]


def get_overview(*, by: Actor) -> PrivacyOverview:
    """Return classes, purposes, retention, keys, erasures and holds; anybody who works here may know the rules."""
    require(by, "desk.open")
    of_organisation = {"organisation_id": by.organisation_id}
    may_see_cases = by.grant("data.erase") is not None
    return PrivacyOverview(
        fields=tuple(_field_line(name, by) for name in field_rules()),
        purposes=tuple(purposes().values()),
        retention=tuple(retention_rules().values()),
        keys=_key_state(by),
        erasures=tuple(Erasure.objects.filter(**of_organisation).order_by("-erased_at")[:20]) if may_see_cases else (),
        holds=tuple(LegalHold.objects.filter(released_at=None, **of_organisation)[:50]) if may_see_cases else (),
    )


def _field_line(name: str, by: Actor) -> FieldLine:
    rule = field_rules()[name]
    columns = tuple(f"{each.model}.{each.column}" for each in personal_columns() if each.kind == name)
    return FieldLine(rule.words, _CLASSES[rule.data_class], rule.level, _FORMS[form_for(by, rule)], columns)


def _key_state(by: Actor) -> KeyState:
    mine = DataKey.objects.filter(organisation_id=by.organisation_id)
    newest = mine.filter(purpose="seal").order_by("-created_at").first()
    newest_at = newest.created_at if newest else None
    try:
        kek_id = key_service().current()
    except KeyServiceUnreachable:
        return KeyState("", mine.count(), 0, newest_at)
    return KeyState(kek_id, mine.count(), mine.exclude(kek_id=kek_id).count(), newest_at)
