"""The demonstration, started once for the journeys of this folder and ended with them: its traffic costs a core."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys.desk.installation import Installation, installed


@pytest.fixture(scope="package")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The demonstration with its own gateway, desk and worker; it may call a pager on loopback."""
    data = tmp_path_factory.mktemp("night") / "data"
    with installed(data, settings={"ANXIN_DESK_WEBHOOK_NETWORKS": "127.0.0.0/8"}) as installation:
        yield installation
