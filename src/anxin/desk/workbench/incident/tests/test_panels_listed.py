"""The table of other packages' fragments: only those that exist and that one may open."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.ui.words import Words
from anxin.desk.workbench.incident import panels_listed
from anxin.desk.workbench.incident.panels_listed import PANELS, ListedPanel, Place, list_panels


def test_single_keys_and_names_are_each_given_once() -> None:
    keys = [each.key for each in PANELS if each.key]
    assert len(keys) == len(set(keys))
    assert len(PANELS) == len({each.name for each in PANELS})


@pytest.mark.django_db
def test_a_panel_nobody_built_is_not_there(monkeypatch: pytest.MonkeyPatch, actor: Callable[..., Actor]) -> None:
    ghost = ListedPanel("ghost", Words("无", "none"), "nobody:panel", Place.TAB)
    monkeypatch.setattr(panels_listed, "PANELS", (ghost,))
    assert list_panels(Place.TAB, incident_id="inc_1", by=actor("specialist")) == ()
