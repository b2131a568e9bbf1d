"""Settings that must not go together: the desk does not start with them."""

from __future__ import annotations

import ipaddress
import os
import stat
from typing import NamedTuple

from anxin.desk.boot.config import DeskConfig, DeskConfigInvalid

LEAST_SECRET = 32


class Unsafe(NamedTuple):
    """One unsafe setting, in both languages."""

    zh: str
    en: str


def find_unsafe_desk(config: DeskConfig) -> list[Unsafe]:
    """Return a sentence for every unsafe setting; an empty list means the desk may start."""
    found = [*_seen_from_outside(config)]
    if "*" in config.hosts:
        found.append(Unsafe("hosts *：等于接受任何主机名", "hosts *: this accepts every host name"))
    if config.database_url and not config.database_url.startswith(("postgresql://", "postgres://")):
        found.append(Unsafe("database_url 须以 postgresql:// 开头", "database_url must begin with postgresql://"))
    if 0 < len(config.secret_key) < LEAST_SECRET:
        least = LEAST_SECRET
        found.append(Unsafe(f"secret_key 少于 {least} 个字符", f"secret_key has fewer than {least} characters"))
    if config.evidence_upload_bytes < config.evidence_bytes:
        zh = "evidence_upload_bytes 小于 evidence_bytes：允许的证据无法上传"
        en = "evidence_upload_bytes is less than evidence_bytes: a piece that is allowed could not be handed in"
        found.append(Unsafe(zh, en))
    found += [
        Unsafe(
            f"trusted_proxies {each}：不是地址，或等于信任所有人",
            f"trusted_proxies {each}: no address, or it trusts everybody",
        )
        for each in config.trusted_proxies
        if _is_everybody(each)
    ]
    if config.data.exists() and stat.S_IMODE(config.data.stat().st_mode) & stat.S_IWOTH:
        zh, en = "他人可写，请收紧权限", "others may write to it; take that permission away"
        found.append(Unsafe(f"{config.data.name}：{zh}", f"{config.data.name}: {en}"))
    elif config.data.exists() and not os.access(config.data, os.W_OK):
        found.append(Unsafe(f"{config.data.name}：无法写入", f"{config.data.name}: it cannot be written"))
    return found


def require_safe(config: DeskConfig) -> None:
    """Raise DeskConfigInvalid when a setting is unsafe."""
    unsafe = find_unsafe_desk(config)
    if unsafe:
        raise DeskConfigInvalid(
            reason="; ".join(each.en for each in unsafe), reason_zh="；".join(each.zh for each in unsafe)
        )


def _seen_from_outside(config: DeskConfig) -> list[Unsafe]:
    if _is_loopback(config.host):
        return []
    found = []
    if config.demo:
        found.append(Unsafe("演示模式的工作台只能监听本机", "the desk of a demonstration is for loopback only"))
    if not config.https:
        zh = "工作台对外监听须经 HTTPS 反向代理，并设置 ANXIN_DESK_HTTPS=true"
        en = "host is not loopback: put the desk behind a proxy with HTTPS and set ANXIN_DESK_HTTPS=true"
        found.append(Unsafe(zh, en))
    return found


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_everybody(proxy: str) -> bool:
    try:
        return ipaddress.ip_network(proxy).prefixlen == 0
    except ValueError:
        return True
