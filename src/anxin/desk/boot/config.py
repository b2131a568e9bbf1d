"""Settings of the desk: the `[desk]` table of the same file the gateway reads, `ANXIN_DESK_*` variables over it."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, get_type_hints

import msgspec

from anxin.engine.errors import EngineError
from anxin.engine.schema.refusals import words_of

LEAST_BODY = 64 * 1024
"""A page of the desk sends more than fits into less: pasted chats, lists, policies."""
_PREFIX = "ANXIN_DESK_"
_LISTS = frozenset({"hosts", "webhook_networks", "trusted_proxies"})


class DeskConfigInvalid(EngineError):
    """The desk's settings cannot be read."""

    code = "desk.config_invalid"
    zh = "工作台配置不正确：{reason}"
    en = "The desk's configuration is not right: {reason}"


class DeskConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Every setting of the desk and its worker.

    `data` is the folder shared with the gateway: keys, log, SQLite files. `database_url` empty means SQLite files in
    `data`; else `postgresql://…`. `hosts` are the names people reach the desk by. `webhook_networks` are
    networks inside that webhooks may reach. `organisation` is the first
    organisation's name in the gateway. `secret_key` empty means one made at the first start and kept in `data`. Times
    are seconds, sizes bytes. `public_url` is where people reach the desk, for links in messages, empty: the first host.
    `key_service` is the dotted path of a class that holds the key-encrypting key, empty for
    files. `https` says that a proxy before the desk speaks HTTPS; the caller's address is believed from
    `trusted_proxies` (addresses or CIDR blocks) only. A session ends after `idle_seconds` without an act, and after
    `session_seconds` in any case. `oidc_…` name the identity provider (OpenID Connect) of the organisation with the
    slug `oidc_organisation`; empty: none. `body_bytes` bound a
    request without files, `upload_bytes` the files of one form, `evidence_upload_bytes` those of one that hands in
    evidence; the other `evidence_…` one piece, an incident, a pack.
    """

    data: Path = Path("anxin-data")
    database_url: str = ""
    secret_key: str = ""
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost")
    host: str = "127.0.0.1"
    port: int = 8000
    gateway_url: str = "http://127.0.0.1:8080"
    organisation: str = "demo"
    key_service: str = ""
    demo: bool = False
    https: bool = False
    trusted_proxies: tuple[str, ...] = ()
    idle_seconds: int = 900
    session_seconds: int = 12 * 3600
    oidc_name: str = ""
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    oidc_organisation: str = ""
    public_url: str = ""
    webhook_networks: tuple[str, ...] = ()
    body_bytes: Annotated[int, msgspec.Meta(ge=LEAST_BODY)] = 2 * 1024 * 1024
    upload_bytes: Annotated[int, msgspec.Meta(ge=0)] = 20 * 1024 * 1024
    evidence_upload_bytes: Annotated[int, msgspec.Meta(ge=0)] = 100 * 1024 * 1024
    evidence_bytes: int = 25 * 1024 * 1024
    evidence_incident_bytes: int = 500 * 1024 * 1024
    evidence_pack_bytes: int = 200 * 1024 * 1024
    language: str = "zh-hans"


def load_desk_config(environment: Mapping[str, str]) -> DeskConfig:
    """Read the file that `ANXIN_CONFIG` names, then the environment (`…_FILE` holds the path of a secret)."""
    values: dict[str, object] = {}
    if path := environment.get("ANXIN_CONFIG"):
        values.update(_read_file(Path(path)))
    values.update(_read_environment(environment))
    try:
        return msgspec.convert(values, DeskConfig, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as problem:
        zh, en = words_of(problem)
        raise DeskConfigInvalid(reason=en, reason_zh=zh) from None


def current_config() -> DeskConfig:
    """Return the settings of this process."""
    return load_desk_config(os.environ)


def _decode(kind: type[object], value: object) -> object:
    if kind is Path and isinstance(value, str | Path):
        return Path(value)
    raise TypeError(f"cannot read {kind.__name__}")


def _read_file(path: Path) -> dict[str, object]:
    try:
        section = tomllib.loads(path.read_text(encoding="utf-8")).get("desk", {})
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        reason, reason_zh = f"{path.name}: {problem}", f"{path.name} 不是可读的 TOML：{problem}"
        raise DeskConfigInvalid(reason=reason, reason_zh=reason_zh) from None
    if not isinstance(section, dict):
        raise DeskConfigInvalid(reason=f"{path.name}: [desk] is not a table", reason_zh=f"{path.name}：[desk] 不是表")
    return section


def _read_environment(environment: Mapping[str, str]) -> dict[str, object]:
    names, found = get_type_hints(DeskConfig), dict[str, object]()
    for variable, value in environment.items():
        name = variable.removeprefix(_PREFIX).lower()
        if not variable.startswith(_PREFIX):
            continue
        if name in names:
            found[name] = tuple(filter(None, value.split(","))) if name in _LISTS else value
        elif name.endswith("_file") and name.removesuffix("_file") in names:
            found[name.removesuffix("_file")] = _read_secret(variable, Path(value))
        else:
            raise DeskConfigInvalid(reason=f"{variable}: no such setting", reason_zh=f"没有设置 {variable}")
    return found


def _read_secret(variable: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as problem:
        reason_zh = f"{variable} 指定的文件无法读取"
        raise DeskConfigInvalid(reason=f"{variable}: {problem.strerror}", reason_zh=reason_zh) from None
