"""Killed, locked out, doubled, rebuilt: the tables are always those of one quiet pass over the log."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from anxin.desk.conftest import NIGHT
from anxin.desk.decisioning.conftest import Night, append, decided, event, order
from anxin.desk.decisioning.decisions.models import Decision, LogNote, Projection
from anxin.desk.decisioning.decisions.projection import projector as projecting
from anxin.desk.decisioning.decisions.projection.errors import LogWentBack, ProjectionMoved
from anxin.desk.decisioning.decisions.projection.following import Follower
from anxin.desk.decisioning.decisions.tasks import rebuild_projection
from anxin.desk.decisioning.decisions.tests.digests import digest
from anxin.engine.log.keys import FileKeyRing


def busy_night(count: int) -> list[object]:
    """Payments, chats, reports, orders of people and labels, so that every table has rows."""
    night: list[object] = [order("list.put", 0, list="stolen_cards", entry={"value": "c3"})]
    for number in range(1, count):
        user, kind = f"u{number % 7}", number % 5
        if kind == 0:
            night.append(event(number, "message.sent", user, to_id=f"u{number % 3}", text=f"转账到安全账户 {number}"))
        elif kind == 1:
            night.append(event(number, "report.submitted", user, target_id="u1", ip=f"10.0.0.{number % 4}"))
        elif kind == 2 and number > 20:
            label = {"label": "fraud", "is_fraud": True, "labelled_event_id": f"e{number - 9}"}
            night.append(event(number, "label.recorded", user, **label))
        else:
            night.append(event(number, user=user, pm_token=f"c{number % 4}", phone=f"1380013800{number % 9}"))
    night.append(order("hold.place", count, entity_kind="user", entity_id="u1", verdict="freeze", measure="m"))
    return night


def test_batches_may_be_cut_anywhere(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    night.log(*busy_night(60))
    night.project()
    whole = digest(night.projection_id)
    for size in (1, 7):
        monkeypatch.setattr(projecting, "BATCH", size)
        list(rebuild_projection("shop", at=NIGHT))
        current = Projection.objects.get(is_current=True)
        assert current.pk != night.projection_id
        assert digest(current.pk) == whole
    assert Projection.objects.count() == 1


def test_a_rebuild_shows_its_progress_and_is_read_only_when_whole(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projecting, "BATCH", 10)
    night.happened(*busy_night(30))
    seen = []
    for progress in rebuild_projection("shop", at=NIGHT):
        current = Projection.objects.get(is_current=True)
        seen.append((progress.done, progress.last, current.pk == night.projection_id))
    assert seen == [(10, 32, True), (20, 32, True), (30, 32, True), (32, 32, True), (32, 32, False)]


def test_a_second_projector_is_refused_and_harms_nothing(night: Night) -> None:
    night.log(*busy_night(30))
    other = night.new_projector()
    other._memory = other._remember()
    night.project()
    before = digest(night.projection_id)
    with pytest.raises(ProjectionMoved):
        other.step(at=NIGHT)
    assert digest(night.projection_id) == before
    assert other.step(at=NIGHT) == 0


def test_a_failure_in_the_middle_leaves_nothing_and_loses_nothing(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    night.log(*busy_night(60))
    list(rebuild_projection("shop", at=NIGHT))
    whole = digest(Projection.objects.get(is_current=True).pk)
    Projection.objects.all().delete()
    fresh = Projection.objects.create(organisation_id=night.organisation.id, is_current=True)
    write, failures = projecting.write_batch, iter([0, 1, 0, 1] + [0] * 99)

    def fail_at_the_end(*arguments: object) -> None:
        write(*arguments)  # type: ignore[arg-type]
        if next(failures):
            raise OperationalError("database is locked")

    monkeypatch.setattr(projecting, "write_batch", fail_at_the_end)
    monkeypatch.setattr(projecting, "BATCH", 9)
    follower, counts = Follower(), []
    while len(counts) < 12:
        counts.append(follower.run(NIGHT))
    assert counts == [9, 0, 9, 0, 9, 9, 9, 9, 8, 0, 0, 0]
    assert digest(fresh.pk) == whole


def test_what_retention_dropped_is_said(night: Night, caplog: pytest.LogCaptureFixture) -> None:
    folder = night.data / "organisations" / "shop" / "log"
    records = decided(night.ring, "shop", busy_night(400))
    append(night.data, "shop", records, capacity=1 << 16)
    first, second, *_ = sorted(folder.glob("*.seg"))
    first.unlink()
    dropped = int(second.stem) - 1
    night.project()
    row = Projection.objects.get(pk=night.projection_id)
    assert (row.missing_until, row.position) == (dropped, len(records))
    assert LogNote.objects.get(kind="gap").detail == f"1-{dropped}"
    assert "projection.gap" in caplog.text


def test_closed_segments_are_read_like_one_log(night: Night, other_night: Night) -> None:
    records = decided(night.ring, "shop", busy_night(300))
    append(night.data, "shop", records, capacity=1 << 16)
    assert len(list((night.data / "organisations" / "shop" / "log").glob("*.seg"))) > 1
    assert night.project() == len(records)
    assert Decision.objects.count() == sum(1 for each in records if type(each.record).__name__ == "DecisionRecord")
    assert other_night.project() == 0


def test_a_log_that_went_back_is_noticed_and_projected_anew(night: Night, caplog: pytest.LogCaptureFixture) -> None:
    night.happened(*busy_night(40))
    folder = night.data / "organisations" / "shop" / "log"
    shutil.rmtree(folder)
    records = decided(night.ring, "shop", busy_night(25))
    append(night.data, "shop", records)
    with pytest.raises(LogWentBack):
        night.new_projector().step(at=NIGHT)
    follower = Follower()
    while follower.run(NIGHT):
        pass
    current = Projection.objects.get(is_current=True)
    assert (current.position, current.fault) == (len(records), "")
    assert "projection.log_went_back" in caplog.text
    assert Decision.objects.count() == len([each for each in records if hasattr(each.record, "event_id")])


def test_two_organisations_never_mix(night: Night, other_night: Night) -> None:
    night.happened(*busy_night(40))
    alone = digest(night.projection_id)
    other_night.happened(*busy_night(50))
    list(rebuild_projection("other", at=NIGHT))
    assert digest(night.projection_id) == alone


KILLED = "from anxin.desk.decisioning.decisions.tests.killed_projector import main; main()"


def test_a_projector_killed_in_the_middle_of_a_batch_goes_on_as_if_nothing_had_been(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if connection.vendor == "sqlite":
        shutil.copytree(request.getfixturevalue("tables"), tmp_path, dirs_exist_ok=True)
    ring = FileKeyRing(tmp_path / "master.key")
    append(tmp_path, "shop", decided(ring, "shop", busy_night(80)))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANXIN_")}
    environment |= {"ANXIN_DESK_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "anxin.desk.boot.settings"}
    arguments = [sys.executable, "-c", KILLED, "2", "4"]
    out = subprocess.run(arguments, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout
    *killed, position, resumed, rebuilt = out.split()
    assert killed == ["SIGKILL", "SIGKILL"]
    assert (position, resumed) == ("82", rebuilt)
