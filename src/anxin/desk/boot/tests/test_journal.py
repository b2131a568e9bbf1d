"""Whatever fails, the journal says where, and nothing about anybody."""

from __future__ import annotations

import io
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.test import Client
from django.utils.log import configure_logging

from anxin.desk.boot.worker import Pulse, Round
from anxin.desk.foundation.edge.duties import Duty, one_by_one
from anxin.desk.foundation.organisations import api as me

SignIn = Callable[..., Client]
PHONE = "13800138000"


@pytest.fixture
def journal() -> Iterator[io.StringIO]:
    """What the desk would write to standard error, by its own settings."""
    said, root = io.StringIO(), logging.getLogger()
    before = root.handlers[:], root.level
    configure_logging("logging.config.dictConfig", settings.LOGGING)
    mine = [each for each in root.handlers if each not in before[0]]
    for each in mine:
        assert isinstance(each, logging.StreamHandler)
        each.setStream(said)
    yield said
    root.handlers[:] = before[0]
    root.setLevel(before[1])


def fail(*_: object) -> int:
    """Fail as a database does: with the row in its sentence, because of another fault."""
    try:
        int(f"{PHONE} is no number")
    except ValueError as cause:
        raise IntegrityError(f"DETAIL: Key (phone)=({PHONE}) already exists.") from cause
    return 0


@pytest.mark.django_db
def test_a_call_that_fails(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, journal: io.StringIO) -> None:
    client = sign_in("mentor")
    client.raise_request_exception = False
    monkeypatch.setattr(me, "caller", fail)
    assert client.get("/api/v1/me").status_code in (500, 503)
    _is_told_without_values(journal)


def _fail_at_once(_at: datetime) -> int:
    return fail()


def _fail_by_itself(at: datetime) -> int:
    return one_by_one("x", fail, at=at)


@pytest.mark.django_db(transaction=True, databases="__all__")
@pytest.mark.parametrize("run", [_fail_at_once, _fail_by_itself])
def test_a_duty_that_fails(run: Callable[[datetime], int], journal: io.StringIO) -> None:
    assert Round(Duty("test.fail", 1.0, run), threading.Event(), Pulse()).run_once() == 0
    _is_told_without_values(journal)


def test_what_another_handler_wrote_of_a_fault_is_not_used(journal: io.StringIO) -> None:
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "said", None, None)
    try:
        fail()
    except IntegrityError as fault:
        record.exc_info = (type(fault), fault, fault.__traceback__)
    record.exc_text = f"as another wrote it: {PHONE}"
    logging.getLogger().handle(record)
    _is_told_without_values(journal)
    assert record.exc_text == f"as another wrote it: {PHONE}"


def _is_told_without_values(journal: io.StringIO) -> None:
    said = journal.getvalue()
    assert PHONE not in said
    assert said.index("builtins.ValueError\n") < said.index("django.db.utils.IntegrityError\n")
    assert f"{__file__}:{fail.__code__.co_firstlineno + 3} fail" in said
