"""Settings that must not go together: the desk does not start with them."""

from __future__ import annotations

import ipaddress
import os
import stat

from anxin.desk.boot.config import DeskConfig, DeskConfigInvalid

LEAST_SECRET = 32


def find_unsafe_desk(config: DeskConfig) -> list[str]:
    """Return a sentence for every unsafe setting; an empty list means the desk may start."""
    found = [*_seen_from_outside(config)]
    if "*" in config.hosts:
        found.append("hosts *：等于接受任何主机名。this accepts every host name")
    if config.database_url and not config.database_url.startswith(("postgresql://", "postgres://")):
        found.append("database_url 须以 postgresql:// 开头。it must begin with postgresql://")
    if 0 < len(config.secret_key) < LEAST_SECRET:
        found.append(f"secret_key 少于 {LEAST_SECRET} 个字符。it has fewer than {LEAST_SECRET} characters")
    if config.evidence_upload_bytes < config.evidence_bytes:
        found.append(
            "evidence_upload_bytes 小于 evidence_bytes：允许的证据无法上传。"
            "it is less than evidence_bytes: a piece that is allowed could not be handed in"
        )
    found += [
        f"trusted_proxies {each}：不是地址，或等于信任所有人。no address, or it trusts everybody"
        for each in config.trusted_proxies
        if _is_everybody(each)
    ]
    if config.data.exists() and stat.S_IMODE(config.data.stat().st_mode) & stat.S_IWOTH:
        found.append(f"{config.data.name}：他人可写，请收紧权限。others may write to it; take that permission away")
    elif config.data.exists() and not os.access(config.data, os.W_OK):
        found.append(f"{config.data.name}：无法写入。it cannot be written")
    return found


def require_safe(config: DeskConfig) -> None:
    """Raise DeskConfigInvalid when a setting is unsafe."""
    unsafe = find_unsafe_desk(config)
    if unsafe:
        raise DeskConfigInvalid(reason="; ".join(unsafe))


def _seen_from_outside(config: DeskConfig) -> list[str]:
    if _is_loopback(config.host):
        return []
    found = []
    if config.demo:
        found.append("演示模式的工作台只能监听本机。the desk of a demonstration is for loopback only")
    if not config.https:
        found.append(
            "工作台对外监听须经 HTTPS 反向代理，并设置 ANXIN_DESK_HTTPS=true。"
            "host is not loopback: put the desk behind a proxy with HTTPS and set ANXIN_DESK_HTTPS=true"
        )
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
