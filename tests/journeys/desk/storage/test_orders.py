"""What people order at the desk is what the gateway does, on both databases."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.desk_latency import hold_users, paired, publish_links

from tests.journeys.desk.storage.conftest import KIND
from tests.postgresql import database


@pytest.fixture(params=[KIND])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "files":
        yield ""
        return
    with database(request.getfixturevalue("server"), "orders") as fresh:
        yield fresh


def test_what_is_committed_at_the_desk_is_obeyed_by_the_gateway(
    url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    data = tmp_path / "data"
    if url:
        data.mkdir(mode=0o700)
    else:
        shutil.copytree(request.getfixturevalue("tables"), data)
    with paired(data, url) as pair:
        assert len(hold_users(pair, count=3)) == 3
        assert len(publish_links(pair, count=2)) == 2
