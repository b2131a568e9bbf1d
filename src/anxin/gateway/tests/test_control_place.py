"""Orders go to where the gateway of a folder reads them, or nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from anxin.gateway.config import ConfigInvalid, GatewayConfig
from anxin.gateway.control_place import ControlElsewhere, control_url, note_place, order_url

SERVER = "postgresql://anxin:secret@db.example:5433/shop"


def test_the_desk_s_database_is_taken_when_the_folder_has_one(tmp_path: Path) -> None:
    config = GatewayConfig(data=tmp_path)
    assert order_url(config) == f"sqlite:///{tmp_path}/control.sqlite3"
    (tmp_path / "desk.sqlite3").touch()
    assert order_url(config) == f"sqlite:///{tmp_path}/desk.sqlite3"
    assert control_url(GatewayConfig(data=tmp_path, control_url=SERVER)) == SERVER


def test_an_order_that_would_reach_nobody_is_refused(tmp_path: Path) -> None:
    running = GatewayConfig(data=tmp_path, control_url=SERVER)
    note_place(running)
    with pytest.raises(ControlElsewhere) as refused:
        order_url(GatewayConfig(data=tmp_path))
    assert refused.value.details == {"noted": "postgresql://db.example:5433/shop", "wanted": "control.sqlite3"}
    assert order_url(GatewayConfig(data=tmp_path, control_url=SERVER.replace("anxin:secret", "me"))).startswith("post")
    assert [path.name for path in tmp_path.iterdir()] == ["control.place"]
    assert "secret" not in (tmp_path / "control.place").read_text()


def test_a_folder_that_was_moved_is_still_known(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    note_place(GatewayConfig(data=tmp_path / "old", control_url=f"sqlite:///{tmp_path}/old/desk.sqlite3"))
    (tmp_path / "old" / "desk.sqlite3").touch()
    (tmp_path / "old").rename(tmp_path / "new")
    assert order_url(GatewayConfig(data=tmp_path / "new")) == f"sqlite:///{tmp_path}/new/desk.sqlite3"


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalid) as refused:
        order_url(GatewayConfig(data=tmp_path / "typo"))
    assert refused.value.sentence("zh") == f"配置不正确：文件夹 {tmp_path}/typo 不存在；请用 --data 指定网关的文件夹"
    assert list(tmp_path.iterdir()) == []
