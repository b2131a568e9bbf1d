"""What two programs of an installation make at their first start is one, and nobody ever reads half of it."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from django.conf import LazySettings

from anxin.desk.boot.config import DeskConfig
from anxin.desk.boot.secret_key import secret_key
from anxin.desk.foundation.audit.signing import Signer
from anxin.desk.foundation.edge.private_files import write_once
from anxin.desk.foundation.sign_in.first_run import first_run_code
from anxin.desk.foundation.vault.key_service import FileKeyService


def opened_again(folder: Path) -> bytes:
    service = FileKeyService(folder)
    return service.unwrap(*service.wrap(b"k" * 32))


MADE: dict[str, Callable[[Path], object]] = {
    "desk.secret": lambda folder: secret_key(DeskConfig(data=folder)),
    "kek-1.pem": opened_again,
    "audit-ed25519.pem": lambda folder: Signer(folder).public_key,
    "first-run.code": lambda _: first_run_code(),
}


@pytest.mark.parametrize("name", MADE)
def test_what_two_make_at_once_is_one(
    tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    settings.ANXIN = msgspec.structs.replace(settings.ANXIN, data=tmp_path)
    seen: list[object] = []
    open_file = os.fdopen

    def open_and_look(*given: object, **more: object) -> object:
        """Let another program ask when the file was begun and nothing is in it."""
        monkeypatch.setattr(os, "fdopen", open_file)
        seen.append(MADE[name](tmp_path))
        return open_file(*given, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(os, "fdopen", open_and_look)
    ours = MADE[name](tmp_path)
    assert ours
    assert seen == [ours]
    assert MADE[name](tmp_path) == ours
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob("*.new")] == []


def test_what_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "name"
    assert write_once(path, b"first", mode=0o400)
    assert not write_once(path, b"second")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"first", 0o400)


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError(28, "injected")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="injected"):
        write_once(tmp_path / "name", b"body")
    assert list(tmp_path.iterdir()) == []
