"""Settings of the gateway: one TOML file, `ANXIN_*` variables over it, secrets from files."""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, get_origin, get_type_hints

import msgspec

from anxin.engine.errors import EngineError
from anxin.engine.schema.refusals import refusal_of

_PREFIX = "ANXIN_"
_TABLES = ("gateway", "desk")
# What the other program of the house reads from the environment.
_DESK_VARIABLES = re.compile(r"ANXIN_(DESK_\w+|CONFIG|LANGUAGE)\Z")

_UNKNOWN = re.compile(r"Object contains unknown field `(\w+)`")
Port = Annotated[int, msgspec.Meta(ge=0, le=65_535)]
Count = Annotated[int, msgspec.Meta(ge=1)]


class ConfigInvalid(EngineError):
    """The settings cannot be read, or are not safe."""

    code = "config.invalid"
    zh = "配置不正确：{reason}"
    en = "The configuration is not right: {reason}"


class Unsafe(NamedTuple):
    """One unsafe setting, said in both languages."""

    zh: str
    en: str


class GatewayConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Every setting of the gateway.

    `control_url` empty means an SQLite file in `data`: the desk's when there is one. `master_key_file` None means
    `master.key` in `data`. `checks` starts the check worker at the first text or with the gateway, or never; `circles`
    is the folder of the secrets for shared indicators, None means `circles` in `data`.
    Times are seconds, sizes bytes. `retention_days` 0 keeps the log for ever, else it is at least the 2 days that ids
    are known for. `trusted_proxies` are CIDR blocks whose `X-Forwarded-For` is believed; commas separate them in the
    environment.
    """

    data: Path = Path("anxin-data")
    host: str = "127.0.0.1"
    port: Port = 8080
    policy: Path | None = None
    organisation: str = "demo"
    control_url: str = ""
    master_key_file: Path | None = None
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    allow_plain_http: bool = False
    trusted_proxies: tuple[str, ...] = ()
    demo: bool = False
    max_connections: Count = 2_048
    max_waiting: Count = 20_000
    max_event_bytes: Annotated[int, msgspec.Meta(ge=1, le=65_536)] = 65_536
    max_batch_bytes: Count = 8_388_608
    max_batch_events: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 1_000
    max_held_bytes: Count = 268_435_456
    head_seconds: float = 10.0
    body_seconds: float = 30.0
    idle_seconds: float = 75.0
    decision_budget_ms: Count = 50
    checks: Literal["off", "lazy", "start"] = "lazy"
    circles: Path | None = None
    segment_bytes: Annotated[int, msgspec.Meta(ge=1_048_576)] = 67_108_864
    snapshot_seconds: Count = 300
    snapshot_events: Count = 500_000
    closing_seconds: Count = 60
    retention_days: Annotated[int, msgspec.Meta(ge=0)] = 0
    shutdown_seconds: float = 10.0


def load_config(path: Path | None, environment: Mapping[str, str], **given: object) -> GatewayConfig:
    """Read the file, then the environment, then what the command line gave (None: not given); raise ConfigInvalid."""
    values: dict[str, object] = {}
    if path is not None:
        values.update(_read_file(path))
    values.update(_read_environment(environment))
    values.update({name: value for name, value in given.items() if value is not None})
    try:
        return msgspec.convert(values, GatewayConfig, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as problem:
        raise ConfigInvalid(**_wrong_setting(str(problem))) from None


def _wrong_setting(message: str) -> dict[str, str]:
    """Return what is wrong with a setting, in both languages, from what the decoder says."""
    if unknown := _UNKNOWN.match(message):
        near = difflib.get_close_matches(unknown[1], list(get_type_hints(GatewayConfig)), 1)
        return {
            "reason": f"there is no setting {unknown[1]}{f'; did you mean {near[0]}' if near else ''}",
            "reason_zh": f"没有设置 {unknown[1]}{f'，您是指 {near[0]} 吗' if near else ''}",
        }
    details = refusal_of(message, None).details
    return {
        "reason": f"{details['field']}: {details['reason']}",
        "reason_zh": f"{details['field']}：{details['reason_zh']}",
    }


def _decode(kind: type[object], value: object) -> object:
    if kind is Path and isinstance(value, str | Path):
        return Path(value)
    raise TypeError(f"cannot read {kind.__name__}")


def _read_file(path: Path) -> dict[str, object]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigInvalid(reason=f"there is no file {path}", reason_zh=f"没有文件 {path}") from None
    except OSError as problem:
        told = {
            "reason": f"{path} cannot be read: {problem.strerror}",
            "reason_zh": f"{path} 无法读取：{problem.strerror}",
        }
        raise ConfigInvalid(**told) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        told = {"reason": f"{path.name} is no TOML: {problem}", "reason_zh": f"{path.name} 不是有效的 TOML：{problem}"}
        raise ConfigInvalid(**told) from None
    _refuse_unknown_tables(path, document)
    section = document.get("gateway", {})
    if not isinstance(section, dict):
        raise ConfigInvalid(
            reason=f"{path.name}: [gateway] is not a table", reason_zh=f"{path.name}：[gateway] 应为一张表"
        )
    return section


def _refuse_unknown_tables(path: Path, document: Mapping[str, object]) -> None:
    """Refuse a table that nobody reads: what somebody set in it would silently not hold."""
    for name in document:
        if name not in _TABLES:
            near = difflib.get_close_matches(name, _TABLES, 1)
            raise ConfigInvalid(
                reason=f"{path.name}: nobody reads {name}{f'; did you mean [{near[0]}]' if near else ''}",
                reason_zh=f"{path.name}：没有程序读取 {name}{f'，您是指 [{near[0]}] 吗' if near else ''}",
            )


def _read_environment(environment: Mapping[str, str]) -> dict[str, object]:
    """Return the settings that the environment names; `ANXIN_X_FILE` holds the path of a file with the value."""
    names = get_type_hints(GatewayConfig)
    found: dict[str, object] = {}
    for variable, value in environment.items():
        name = variable.removeprefix(_PREFIX).lower()
        if not variable.startswith(_PREFIX):
            continue
        if name in names:
            found[name] = _split(value) if get_origin(names[name]) is tuple else value
        elif name.endswith("_file") and name.removesuffix("_file") in names:
            found[name.removesuffix("_file")] = _read_secret(variable, Path(value))
    return found


def _split(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


def find_unknown(environment: Mapping[str, str]) -> list[str]:
    """Return a sentence for every `ANXIN_*` variable that is no setting of the gateway; the desk's own are left out."""
    names = list(get_type_hints(GatewayConfig))
    found = []
    for variable in sorted(environment):
        name = variable.removeprefix(_PREFIX).lower()
        if not variable.startswith(_PREFIX) or _DESK_VARIABLES.match(variable):
            continue
        if name in names or name.removesuffix("_file") in names:
            continue
        near = difflib.get_close_matches(name, names, 1)
        zh = f"，您是指 {_PREFIX}{near[0].upper()} 吗" if near else ""
        en = f"; did you mean {_PREFIX}{near[0].upper()}" if near else ""
        mark = ("？", "?") if near else ("。", "")
        found.append(f"{variable}：没有这个设置{zh}{mark[0]}there is no such setting{en}{mark[1]}")
    return found


def _read_secret(variable: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as problem:
        raise ConfigInvalid(
            reason=f"{variable}: {problem.strerror}", reason_zh=f"{variable} 无法读取（{problem.strerror}）"
        ) from None


def find_unsafe(config: GatewayConfig) -> list[Unsafe]:
    """Return what is unsafe about the settings; an empty list means the gateway may start."""
    found = []
    if not _is_loopback(config.host):
        if config.tls_certificate is None and not config.allow_plain_http:
            zh = "对外监听须启用 TLS：请设置 tls_certificate，或 allow_plain_http"
            found.append(Unsafe(zh, "host is not loopback: set tls_certificate, or allow_plain_http"))
        if config.demo:
            found.append(Unsafe("演示模式只能监听本机", "demo mode is for loopback only"))
    if (config.tls_certificate is None) != (config.tls_key is None):
        found.append(
            Unsafe("tls_certificate 与 tls_key 必须同时设置", "tls_certificate and tls_key must be set together")
        )
    if config.max_batch_bytes < config.max_event_bytes:
        zh = "max_batch_bytes 小于 max_event_bytes"
        found.append(Unsafe(zh, "max_batch_bytes is smaller than max_event_bytes"))
    if config.retention_days == 1:
        zh = "retention_days 至少为 2，或为 0（永久保存）：48 小时内重发的事件须按记录得到原来的结论"
        en = "retention_days is at least 2, or 0 (for ever): an event sent again in 48 hours is answered from the log"
        found.append(Unsafe(zh, en))
    if config.policy is not None and not (config.policy / "policy.yaml").is_file():
        found.append(Unsafe(f"{config.policy} 中没有 policy.yaml", f"{config.policy} holds no policy.yaml"))
    found.extend(_open_to_others(config))
    found.extend(_wrong_proxies(config))
    return found


def require_safe(config: GatewayConfig) -> None:
    """Raise ConfigInvalid with all that is unsafe."""
    if found := find_unsafe(config):
        raise ConfigInvalid(reason="; ".join(each.en for each in found), reason_zh="；".join(each.zh for each in found))


def _wrong_proxies(config: GatewayConfig) -> list[Unsafe]:
    found = []
    for each in config.trusted_proxies:
        name = f"trusted_proxies {each}"
        try:
            if ipaddress.ip_network(each).prefixlen == 0:
                found.append(Unsafe(f"{name} 等于信任所有人", f"{name} trusts everybody"))
        except ValueError:
            found.append(Unsafe(f"{name} 不是网段，例如 10.0.0.0/8", f"{name} is no network, such as 10.0.0.0/8"))
    return found


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _open_to_others(config: GatewayConfig) -> list[Unsafe]:
    found = []
    for path, bits in ((config.data, stat.S_IWOTH), (config.tls_key, stat.S_IROTH), (config.master_key_file, 0o077)):
        if path is not None and path.exists() and stat.S_IMODE(path.stat().st_mode) & bits:
            zh = f"{path.name} 他人可访问，请收紧权限"
            found.append(Unsafe(zh, f"{path.name} is open to others; take their permissions away"))
    if config.data.exists() and not os.access(config.data, os.W_OK):
        found.append(Unsafe(f"{config.data.name} 无法写入", f"{config.data.name} cannot be written"))
    return found


def master_key_path(config: GatewayConfig) -> Path:
    """Return where the master key lies."""
    return config.master_key_file or config.data / "master.key"
