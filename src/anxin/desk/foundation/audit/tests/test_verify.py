from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.audit import checkpoints
from anxin.desk.foundation.audit.actions import record_entry
from anxin.desk.foundation.audit.chain import Break, Link, Verified
from anxin.desk.foundation.audit.checkpoints import (
    checkpoint_file,
    export_links,
    sign_checkpoints,
    verify_organisation,
)
from anxin.desk.foundation.audit.models import AuditHead
from anxin.desk.foundation.audit.offline import main as verify_offline
from anxin.desk.foundation.edge.actor import Actor


@pytest.fixture
def trail(actor: Callable[..., Actor], settings: Settings, tmp_path: Path) -> str:
    """Twelve entries, ten of them signed."""
    from msgspec.structs import replace

    settings.ANXIN = replace(settings.ANXIN, data=tmp_path)
    by = actor("specialist")
    _act(by, 10 - AuditHead.objects.get(pk=by.organisation_id).seq)
    sign_checkpoints(NIGHT)
    _act(by, 2)
    return by.organisation_id


def _act(by: Actor, times: int) -> None:
    with transaction.atomic():
        for number in range(times):
            record_entry("case.view", by=by, at=NIGHT, on=("user", f"u{number}"), details={"n": number})


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_an_untouched_trail_holds(trail: str) -> None:
    found = verify_organisation(trail)
    assert isinstance(found, Verified)
    assert (found.size, found.checkpoints) == (12, 1)


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit_auditentry SET actor_label = 'someone' WHERE seq = 4", Break(4, "changed")),
        ("UPDATE audit_auditentry SET details = '{\"n\":9}' WHERE seq = 7", Break(7, "changed")),
        ("UPDATE audit_auditentry SET at = '2026-11-20 00:00:00+00:00' WHERE seq = 5", Break(5, "changed")),
        ("DELETE FROM audit_auditentry WHERE seq = 6", Break(6, "gap")),
        ("DELETE FROM audit_auditentry WHERE seq > 11", Break(12, "head")),
        ("DELETE FROM audit_auditentry WHERE seq > 8", Break(9, "cut")),
        ("UPDATE audit_auditentry SET seq = seq + 100 WHERE seq = 3", Break(3, "gap")),
        ("UPDATE audit_audithead SET seq = 3", Break(13, "head")),
    ],
)
def test_a_change_in_the_database_names_the_first_broken_row(trail: str, statement: str, broken: Break) -> None:
    _execute(statement)
    assert verify_organisation(trail) == broken


def test_entries_that_join_while_the_trail_is_walked_are_no_break(
    trail: str, actor: Callable[..., Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    walk, by = checkpoints._links, actor("mentor")
    walked = AuditHead.objects.get(pk=trail).seq

    def walk_beside_a_writer(organisation_id: str) -> Iterator[tuple[Link, bytes]]:
        yield from walk(organisation_id)
        _act(by, 2)

    monkeypatch.setattr(checkpoints, "_links", walk_beside_a_writer)
    found = verify_organisation(trail)
    assert isinstance(found, Verified)
    assert found.size == walked
    monkeypatch.undo()
    AuditHead.objects.filter(pk=trail).update(hash=bytes(32))
    assert verify_organisation(trail) == Break(walked + 3, "head")


def test_a_checkpoint_on_its_way_to_the_file_is_not_read_yet(trail: str) -> None:
    path = checkpoint_file(trail)
    line = path.read_bytes()
    for cut in (1, 20, len(line) - 1):
        path.write_bytes(line + line[:cut])
        found = verify_organisation(trail)
        assert isinstance(found, Verified)
        assert found.checkpoints == 1


def test_a_rewritten_history_is_found_by_the_checkpoint_outside(trail: str) -> None:
    _rewrite(trail)
    assert verify_organisation(trail) == Break(10, "forked")


def _rewrite(organisation_id: str) -> None:
    """Forge the whole chain consistently, as somebody with the database and the program could."""
    from anxin.desk.foundation.audit.chain import START, link_hash
    from anxin.desk.foundation.audit.models import AuditCheckpoint, AuditEntry

    before = START
    for row in AuditEntry.objects.filter(organisation_id=organisation_id).order_by("seq"):
        row.previous_hash, row.actor_label = before, "nobody"
        before = row.hash = link_hash(row.link())
        row.save()
    AuditHead.objects.filter(pk=organisation_id).update(hash=before)
    AuditCheckpoint.objects.all().delete()


def test_a_forged_checkpoint_file_is_found(trail: str) -> None:
    path = checkpoint_file(trail)
    line = json.loads(path.read_text())
    path.write_text(json.dumps(line | {"root": "00" * 32}) + "\n")
    assert verify_organisation(trail) == Break(10, "unsigned")


def test_the_offline_verifier_needs_only_files(trail: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dump = tmp_path / "trail.jsonl"
    dump.write_text("\n".join(export_links(trail)), encoding="utf-8")
    public = tmp_path / "keys" / "audit-ed25519.pub"
    arguments = [str(dump), "--checkpoints", str(checkpoint_file(trail)), "--public-key", str(public)]
    assert verify_offline(arguments) == 0
    assert verify_offline([*arguments[:2], str(tmp_path / "none"), *arguments[3:]]) == 2
    dump.write_text(dump.read_text(encoding="utf-8").replace("u3", "u4", 1), encoding="utf-8")
    assert verify_offline(arguments) == 3
    said = capsys.readouterr().out
    assert "断于第 " in said
    assert ": changed" in said


@pytest.mark.parametrize(("text", "said"), [(None, "无法读取 cannot be read: "), ("x", "a file is no exported trail")])
def test_the_offline_verifier_says_what_it_cannot_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None, said: str
) -> None:
    names = [tmp_path / name for name in ("trail.jsonl", "checkpoints", "key")]
    for name in names:
        if text is not None:
            name.write_text(text, encoding="utf-8")
    arguments = [str(names[0]), "--checkpoints", str(names[1]), "--public-key", str(names[2])]
    assert verify_offline(arguments) == 2
    assert said in capsys.readouterr().err


def test_the_trail_survives_deletion_of_what_it_is_about(trail: str) -> None:
    from anxin.desk.foundation.organisations.models import Person, RoleGrant

    RoleGrant.objects.all().delete()
    Person.objects.all().delete()
    assert isinstance(verify_organisation(trail), Verified)
