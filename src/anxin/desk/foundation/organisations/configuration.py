"""Settings, sites and departments of an organisation."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import available_timezones

from django.db import transaction

from anxin.desk.foundation.audit.actions import Detail, lock_head, record_entry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.refusals import Conflict, FieldInvalid, NotFound
from anxin.desk.foundation.organisations.errors import Taken
from anxin.desk.foundation.organisations.facts import OrganisationConfigured
from anxin.desk.foundation.organisations.models import Department, Organisation, Site
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.permissions.authority import require

_CODE = re.compile(r"[a-z][a-z0-9_]{1,31}")
_PLACE = re.compile(r"\*|[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
CONFIGURE = "organisation.configure"


@transaction.atomic
def configure_organisation(
    *, name: str, time_zone: str, is_small_team: bool, version: int, by: Actor, at: datetime
) -> Organisation:
    """Change name, time zone and team mode; raise Conflict when somebody else did meanwhile."""
    require(by, CONFIGURE)
    lock_head(by.organisation_id)
    row = Organisation.objects.get(pk=by.organisation_id)
    if row.version != version:
        raise Conflict(version=row.version)
    _check_text(name, 120, "name", "名称")
    if time_zone not in available_timezones():
        raise FieldInvalid(pointer="/time_zone", field="time zone", field_zh="时区", reason="unknown", reason_zh="未知")
    row.name, row.time_zone, row.is_small_team = name.strip(), time_zone, is_small_team
    row.version += 1
    row.save(update_fields=["name", "time_zone", "is_small_team", "version"])
    _tell("settings", by, at, {"time_zone": time_zone, "is_small_team": is_small_team})
    return row


@transaction.atomic
def open_site(*, platform: str, business_line: str, region: str, name: str, by: Actor, at: datetime) -> Site:
    """Add a site: one platform × business line × region, `*` for all of them."""
    require(by, CONFIGURE)
    _check_text(name, 120, "name", "名称")
    for pointer, value in (("platform", platform), ("business_line", business_line), ("region", region[:16])):
        if not _PLACE.fullmatch(value):
            rule = "letters, digits, _ and -, or *"
            raise FieldInvalid(pointer=f"/{pointer}", field=pointer, reason=rule, reason_zh="字母、数字、_、- 或 *")
    lock_head(by.organisation_id)
    where = {"platform": platform, "business_line": business_line, "region": region}
    if Site.objects.filter(organisation_id=by.organisation_id, **where).exists():
        raise Taken(what="site", what_zh="站点")
    row = Site(id=new_id("site", at=at), organisation_id=by.organisation_id, name=name.strip(), **where)
    row.save(force_insert=True)
    _tell("site", by, at, {"site": row.id, "change": "open"})
    return row


@transaction.atomic
def close_site(*, site_id: str, by: Actor, at: datetime) -> None:
    """Close a site: nothing new is assigned there; what is there stays."""
    _close(Site, site_id, "site", by, at)


@transaction.atomic
def open_department(*, code: str, name_zh: str, name_en: str, by: Actor, at: datetime) -> Department:
    """Add a department of the organisation's own."""
    require(by, CONFIGURE)
    if not _CODE.fullmatch(code):
        rule = "small letters, digits and _, a letter first"
        raise FieldInvalid(pointer="/code", field="code", field_zh="代码", reason=rule, reason_zh="小写字母开头")
    _check_text(name_zh, 60, "Chinese name", "中文名称")
    _check_text(name_en, 60, "English name", "英文名称")
    lock_head(by.organisation_id)
    if Department.objects.filter(organisation_id=by.organisation_id, code=code).exists():
        raise Taken(what="department", what_zh="部门")
    row = Department(id=new_id("dep", at=at), organisation_id=by.organisation_id, code=code)
    row.name_zh, row.name_en = name_zh.strip(), name_en.strip()
    row.save(force_insert=True)
    _tell("department", by, at, {"department": row.id, "change": "open"})
    return row


@transaction.atomic
def close_department(*, department_id: str, by: Actor, at: datetime) -> None:
    """Close a department; its people stay in it until they are moved."""
    _close(Department, department_id, "department", by, at)


def _close(model: type[Site] | type[Department], key: str, what: str, by: Actor, at: datetime) -> None:
    require(by, CONFIGURE)
    lock_head(by.organisation_id)
    row = model.objects.filter(pk=key, organisation_id=by.organisation_id, closed_at=None).first()
    if row is None:
        raise NotFound
    row.closed_at = at
    row.version += 1
    row.save(update_fields=["closed_at", "version"])
    _tell(what, by, at, {what: key, "change": "close"})


def _check_text(value: str, longest: int, field: str, field_zh: str) -> None:
    if not value.strip() or len(value) > longest or not value.isprintable():
        rule, rule_zh = f"1–{longest} characters", f"1–{longest} 个字符"
        raise FieldInvalid(pointer=f"/{field}", field=field, field_zh=field_zh, reason=rule, reason_zh=rule_zh)


def _tell(what: str, by: Actor, at: datetime, details: dict[str, Detail]) -> None:
    record_entry(f"organisation.{what}", by=by, at=at, on=("organisation", by.organisation_id), details=details)
    publish_fact(OrganisationConfigured(by.organisation_id, what), organisation_id=by.organisation_id, at=at)
