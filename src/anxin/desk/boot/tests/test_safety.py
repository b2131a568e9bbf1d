from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from anxin.desk.boot.config import DeskConfig, DeskConfigInvalid, load_desk_config
from anxin.desk.boot.safety import find_unsafe_desk


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"host": "0.0.0.0"}, ["https"]),
        ({"host": "0.0.0.0", "https": True}, []),
        ({"host": "0.0.0.0", "https": True, "demo": True}, ["demonstration"]),
        ({"host": "localhost", "demo": True}, []),
        ({"hosts": ("*",)}, ["every host"]),
        ({"database_url": "mysql://x"}, ["postgresql://"]),
        ({"secret_key": "short"}, ["fewer than 32"]),
        ({"evidence_bytes": 200 << 20}, ["less than evidence_bytes"]),
        ({"trusted_proxies": ("0.0.0.0/0",)}, ["trusts everybody"]),
        ({"trusted_proxies": ("10.0.0.7", "10.1.0.0/16")}, []),
    ],
)
def test_unsafe_settings_are_named(tmp_path: Path, settings: dict[str, object], said: list[str]) -> None:
    found = find_unsafe_desk(DeskConfig(data=tmp_path, **settings))
    assert len(found) == len(said)
    assert all(word.lower() in each.en.lower() for word, each in zip(said, found, strict=True))
    assert all(re.search("[一-龥]", each.zh) and not re.search("[一-龥]", each.en) for each in found)


def test_a_folder_that_others_may_write_to_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    assert "take that permission away" in find_unsafe_desk(DeskConfig(data=tmp_path))[0].en


@pytest.mark.parametrize("given", ["1000", "-1", "many"])
def test_a_body_too_small_for_any_form_is_refused(given: str) -> None:
    with pytest.raises(DeskConfigInvalid):
        load_desk_config({"ANXIN_DESK_BODY_BYTES": given})
    assert load_desk_config({"ANXIN_DESK_BODY_BYTES": "65536"}).body_bytes == 65_536


def test_lists_are_read_from_the_environment() -> None:
    given = {"ANXIN_DESK_TRUSTED_PROXIES": "10.0.0.7,10.1.0.0/16", "ANXIN_DESK_HOSTS": "desk.example.com"}
    config = load_desk_config(given)
    assert (config.trusted_proxies, config.hosts) == (("10.0.0.7", "10.1.0.0/16"), ("desk.example.com",))


def test_the_framework_finds_nothing_unsafe_behind_https(tmp_path: Path) -> None:
    settings = {
        "ANXIN_DESK_DATA": str(tmp_path),
        "ANXIN_DESK_HTTPS": "true",
        "ANXIN_DESK_HOSTS": "desk.example.com",
        "DJANGO_SETTINGS_MODULE": "anxin.desk.boot.settings",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANXIN_", "DJANGO_"))}
    command = [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, env=kept | settings, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
