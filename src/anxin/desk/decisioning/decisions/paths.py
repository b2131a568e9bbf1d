"""Ids inside of addresses: readable where that is safe, else encoded, so that any id can stand there."""

from __future__ import annotations

import base64
import re

from django.urls import register_converter

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]*")
_LONG_NUMBER = re.compile(r"\d{11}")
"""An id with so many digits might be somebody's number: it is not put where logs could keep it."""


class IdConverter:
    """A platform's id or a keyed token as one part of a path; `~` begins an encoded one."""

    regex = r"(?:~[A-Za-z0-9_-]+|[A-Za-z0-9_][A-Za-z0-9_.:-]*)"

    def to_python(self, value: str) -> str:
        """Return the id; raise ValueError, which is an absent page, for what was not given out here."""
        if not value.startswith("~"):
            return value
        plain = base64.urlsafe_b64decode(value[1:] + "=" * (-len(value[1:]) % 4)).decode()
        if not plain.isprintable() or self.to_url(plain) != value:
            raise ValueError(value)
        return plain

    def to_url(self, value: str) -> str:
        """Return the part of a path."""
        if _PLAIN.fullmatch(value) and not _LONG_NUMBER.search(value):
            return value
        return "~" + base64.urlsafe_b64encode(value.encode()).decode().rstrip("=")


class KindConverter:
    """A kind of entity."""

    regex = r"[a-z][a-z0-9_]{0,63}"

    def to_python(self, value: str) -> str:
        """Return the kind."""
        return value

    def to_url(self, value: str) -> str:
        """Return the kind."""
        return value


class SeqConverter:
    """A place in the log; more digits than the projection can hold are no place."""

    regex = r"[0-9]{1,12}"

    def to_python(self, value: str) -> int:
        """Return the number."""
        return int(value)

    def to_url(self, value: int) -> str:
        """Return the part of a path."""
        return str(value)


register_converter(IdConverter, "thing")
register_converter(KindConverter, "kind")
register_converter(SeqConverter, "seq")
