"""From what somebody typed to what stands on a list: personal values become keyed tokens before anything else."""

from __future__ import annotations

import ipaddress
import re

from anxin.checkers.personal_data.text import find
from anxin.desk.decisioning.decisions.keys import EntityKeys
from anxin.desk.decisioning.lists.declared import DeclaredList
from anxin.desk.foundation.ui.words import Words
from anxin.engine.lists.entry import VALUE_LIMIT, EntryKind, ValueUnfit
from anxin.engine.lists.named import NamedList
from anxin.engine.schema.normalise import normalised_email, normalised_ip, normalised_phone

_TOKEN = re.compile(r"[0-9a-f]{32}")
_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_KINDS = NamedList("").kinds
_WIDEST = {4: 8, 6: 16}
_SHORTEST_PREFIX = 3
_SHOWN = 40
_SURE = 0.7
_PERSONAL = frozenset({"resident_id", "bank_card", "iban", "social_security", "passport", "phone", "email", "ip"})


def entry_of(declared: DeclaredList, typed: str, keys: EntityKeys, *, is_known: bool = False) -> tuple[EntryKind, str]:
    """Return kind and value of an entry; `is_known`: the value is an id that the platform's events name.

    Raise ValueUnfit when it fits the list not, or is a personal value that rules would never meet there in clear.
    """
    text = typed.strip()
    if not text or len(text) > VALUE_LIMIT or not text.isprintable():
        raise ValueUnfit(f"应为 1–{VALUE_LIMIT} 个可见字符", f"1–{VALUE_LIMIT} visible characters are wanted")
    found = _personal_entry(declared, text, keys)
    if found is not None:
        return found
    if declared.is_all_personal:
        wanted = ", ".join(sorted(declared.personal))
        raise ValueUnfit(f"此名单只接受：{wanted}", f"this list takes: {wanted}")
    kind = EntryKind(declared.kind)
    if kind is EntryKind.PREFIX and len(text) < _SHORTEST_PREFIX:
        raise ValueUnfit("前缀过短", "the prefix is too short")
    if kind is EntryKind.NETWORK:
        return kind, _network(text)
    if kind is not EntryKind.PATTERN and not is_known and is_personal(text):
        raise ValueUnfit(
            "像是个人信息，明文不能进入此名单", "it looks like a personal value, which may not stand here in clear"
        )
    return kind, _KINDS[kind].canonical(text)


def is_personal(text: str) -> bool:
    """Return whether a value as a whole is a phone, mail address, identity or card number."""
    return any(each.score >= _SURE and each.end - each.start >= len(text) - 1 for each in find(text, kinds=_PERSONAL))


def shown_key(key: str) -> Words:
    """Return an entry's value as somebody who need not know whom it is about reads it."""
    if _TOKEN.fullmatch(key):
        return Words(f"{key[:8]}…", f"{key[:8]}…")
    if is_personal(key):
        return Words("（不显示）", "(not shown)")
    short = key if len(key) <= _SHOWN else f"{key[:_SHOWN]}…"
    return Words(short, short)


def possible_keys(typed: str, keys: EntityKeys) -> tuple[str, ...]:
    """Return under what a value may stand on any list: as it is, and as the token of a phone, mail or IP address."""
    text = typed.strip()
    if not text.isprintable():
        return ()
    found = [text, text.lower()]
    if normalised_phone(text).startswith("+"):
        found.append(keys.personal_key("phone", text))
    if _MAIL.fullmatch(text):
        found.append(keys.personal_key("email", text))
    if normalised_ip(text) is not None:
        found.append(keys.personal_key("ip", text))
    return tuple(dict.fromkeys(each for each in found if each))


def _personal_entry(declared: DeclaredList, text: str, keys: EntityKeys) -> tuple[EntryKind, str] | None:
    wanted = declared.personal
    if wanted and _TOKEN.fullmatch(text):
        return EntryKind.EXACT, text
    if "phone" in wanted and normalised_phone(text).startswith("+"):
        return EntryKind.EXACT, keys.personal_key("phone", text)
    if "email" in wanted and _MAIL.fullmatch(normalised_email(text)):
        return EntryKind.EXACT, keys.personal_key("email", text)
    if "ip" not in wanted:
        return None
    if normalised_ip(text) is not None:
        return EntryKind.EXACT, keys.personal_key("ip", text)
    if "/" not in text:
        return None
    network = ipaddress.ip_network(_network(text))
    if network.num_addresses == 1:
        return EntryKind.EXACT, keys.personal_key("ip", str(network.network_address))
    return EntryKind.NETWORK, str(network)


def _network(text: str) -> str:
    canonical = _KINDS[EntryKind.NETWORK].canonical(text)
    network = ipaddress.ip_network(canonical)
    if network.prefixlen < _WIDEST[network.version]:
        raise ValueUnfit("网段过大", "the network is too wide")
    return canonical
