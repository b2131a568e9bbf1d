"""Tokens of personal values and of words: the same that the organisation's engine makes."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from anxin.desk.decisioning.decisions.models import KEY_LENGTH
from anxin.engine.log.keys import FileKeyRing, KeyRing
from anxin.engine.policy.language.runtime import Tokens
from anxin.engine.schema.normalise import normal_form
from anxin.engine.schema.types import FieldType

MOST_TERMS = 200
"""Terms kept of one text: the first of a long one."""
_RUN = re.compile(r"[㐀-鿿豈-﫿𠀀-𯿿]+|[^\W_㐀-鿿豈-﫿𠀀-𯿿]+")


class EntityKeys:
    """Makes the keys and terms of one organisation (by its slug, the gateway's name)."""

    def __init__(self, ring: KeyRing, slug: str) -> None:
        self.index_key = ring.derive(slug, "index", 32)
        self.windows_key = ring.derive(slug, "windows", 16)
        self._search_key = ring.derive(slug, "search", 32)
        self.tokens = Tokens(self.index_key)

    def key(self, token: str | None, value: str) -> str:
        """Return the key of an entity: personal values as tokens, over-long ids as a hash."""
        if token is not None:
            return self.tokens.personal(token, value)
        return value if len(value) <= KEY_LENGTH else hashlib.blake2b(value.encode(), digest_size=16).hexdigest()

    def personal_key(self, kind: str, value: str) -> str:
        """Return the key of a phone, e-mail or ip as somebody typed it."""
        return self.tokens.personal(kind, normal_form(FieldType(kind), value))

    def terms(self, text: str) -> tuple[int, ...]:
        """Return the keyed hashes of a text's words and of each two neighbouring Chinese characters, each once."""
        found = dict.fromkeys(self._term(word) for word in words_of(text))
        return tuple(found)[:MOST_TERMS]

    def _term(self, word: str) -> int:
        return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8, key=self._search_key).digest()) >> 1


def words_of(text: str) -> Iterator[str]:
    """Yield what a text is found by: Latin words whole, Chinese in pairs, a lone character as itself."""
    for run in _RUN.findall(plain(text)):
        if len(run) > 1 and ord(run[0]) >= 0x3400:
            yield from (run[at : at + 2] for at in range(len(run) - 1))
        else:
            yield run


def plain(text: str) -> str:
    """Return a text in the one spelling that is searched."""
    return unicodedata.normalize("NFKC", text).casefold()


def keys_of(slug: str) -> EntityKeys:
    """Return the keys of an organisation by its slug."""
    return _keys_in(data_folder(), slug)


@lru_cache(maxsize=64)
def _keys_in(folder: Path, slug: str) -> EntityKeys:
    return EntityKeys(FileKeyRing(folder / "master.key"), slug)


def key_ring() -> KeyRing:
    """Return the gateway's key ring."""
    return FileKeyRing(data_folder() / "master.key")


def log_folder(slug: str) -> Path:
    """Return where the gateway writes an organisation's decision log."""
    return data_folder() / "organisations" / slug / "log"


def data_folder() -> Path:
    """Return the folder shared with the gateway."""
    folder: Path = settings.ANXIN.data
    return folder
