"""The first organisation of an empty installation, and the code that protects its making."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import transaction

from anxin.desk.foundation.edge.actor import Actor, ActorKind
from anxin.desk.foundation.edge.private_files import write_once
from anxin.desk.foundation.edge.refusals import Refusal
from anxin.desk.foundation.organisations.actions import admit_person, found_organisation
from anxin.desk.foundation.organisations.configuration import configure_organisation, open_site
from anxin.desk.foundation.organisations.models import Organisation, Person
from anxin.desk.foundation.organisations.sign_in_names import parse_username
from anxin.desk.foundation.permissions.authority import grants_of
from anxin.desk.foundation.sign_in.tries import count_failure, is_locked

_TRIES = "first-run"
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


class CodeWrong(Refusal):
    """The code is not the one that the server wrote, or too many were tried."""

    code: ClassVar[str] = "first_run.code_wrong"
    zh: ClassVar[str] = "启动码不正确。请查看服务器启动时的输出，或数据目录中的 first-run.code 文件。"
    en: ClassVar[str] = (
        "The code is not right: see what the server printed at its start, or first-run.code in its folder."
    )
    status: ClassVar[int] = 403


class AlreadyFounded(Refusal):
    """There is an organisation: this page did its work."""

    code: ClassVar[str] = "first_run.over"
    zh: ClassVar[str] = "系统已完成初始化，请登录。"
    en: ClassVar[str] = "This is set up already; sign in."
    status: ClassVar[int] = 404


@dataclass(frozen=True)
class Beginning:
    """What the first page asks for."""

    organisation: str
    time_zone: str
    is_small_team: bool
    platform: str
    business_line: str
    region: str
    username: str
    name: str


def is_empty() -> bool:
    """Return whether nobody founded an organisation here yet."""
    return not Organisation.objects.exists()


def first_run_code() -> str | None:
    """Return the code of an empty installation, made and kept in a private file when missing; else None."""
    if not is_empty():
        return None
    path = _path()
    if not path.exists():
        code = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))
        write_once(path, code.encode())
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:  # somebody founds it at this moment
        return None


def check_code(typed: str, *, at: datetime) -> None:
    """Raise CodeWrong unless it is the code; ten wrong ones lock the page for half an hour."""
    expected = first_run_code()
    if expected is None:
        raise AlreadyFounded
    given = typed.strip().upper().encode()
    if is_locked(_TRIES, at=at) or not hmac.compare_digest(given, expected.encode()):
        count_failure(_TRIES, at=at)
        raise CodeWrong


@transaction.atomic
def begin(beginning: Beginning, *, password: str, at: datetime) -> Person:
    """Found the organisation with its first site and administrator, once; raise AlreadyFounded, FieldInvalid."""
    username = parse_username(beginning.username)
    if not is_empty():
        raise AlreadyFounded
    try:
        _path().unlink()  # of two at once only one takes it away
    except FileNotFoundError:
        raise AlreadyFounded from None
    slug = settings.ANXIN.organisation
    organisation = found_organisation(slug=slug, name=beginning.organisation, at=at)
    by = Actor(organisation.id, ActorKind.SYSTEM, "first-run", grants=grants_of(["administrator"]))
    configure_organisation(
        name=beginning.organisation,
        time_zone=beginning.time_zone,
        is_small_team=beginning.is_small_team,
        version=organisation.version,
        by=by,
        at=at,
    )
    where = (beginning.platform, beginning.business_line, beginning.region)
    if where != ("*", "*", "*"):
        platform, business_line, region = where
        name = " · ".join(where)
        open_site(platform=platform, business_line=business_line, region=region, name=name, by=by, at=at)
    return admit_person(
        username=username, name=beginning.name, password=password, roles=["administrator"], by=by, at=at
    )


def _path() -> Path:
    folder: Path = settings.ANXIN.data
    return folder / "first-run.code"
