"""One organisation's log that cannot be projected keeps no other organisation's screens old."""

from __future__ import annotations

from datetime import datetime

import pytest

from anxin.desk.conftest import NIGHT
from anxin.desk.decisioning.conftest import Night, event
from anxin.desk.decisioning.decisions.models import Decision
from anxin.desk.decisioning.decisions.projection import following
from anxin.desk.decisioning.decisions.projection.projector import Projector, Source
from anxin.desk.foundation.edge.duties import Sickroom, sickroom


def test_the_others_logs_are_projected(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    night.log(event(1))
    mine, step, room = Source(night.organisation.id, night.organisation.slug), Projector.step, Sickroom()
    monkeypatch.setattr(following, "sources", lambda: [Source("org_0", "bad"), mine])

    def fail_for_bad(projector: Projector, *, at: datetime) -> int:
        if projector.source.slug == "bad":
            raise ValueError
        return step(projector, at=at)

    monkeypatch.setattr(Projector, "step", fail_for_bad)
    with sickroom(room):
        assert following.Follower().run(NIGHT) == 2
    assert (Decision.objects.count(), room.word) == (1, "ValueError × 1")
