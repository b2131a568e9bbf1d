"""What is refused when signatures are read, published, imported or exchanged."""

from __future__ import annotations

from typing import ClassVar


class SignatureRefused(Exception):
    """Signatures that may not be published; nothing has changed.

    `line` (from 1, 0 when there is no line) and `field` say where, `signature` which one; either may be empty.
    """

    code: ClassVar[str] = "signatures.refused"

    def __init__(self, zh: str, en: str, *, signature: str = "", field: str = "", line: int = 0) -> None:
        self.signature, self.field, self.line = signature, field, line
        self._zh, self._en = zh, en
        super().__init__(self.sentence("en"))

    def sentence(self, language: str) -> str:
        """Return the sentence for people, with the place, in zh or en."""
        is_chinese = language.startswith("zh")
        place = [f"第 {self.line} 行" if is_chinese else f"line {self.line}"] if self.line else []
        place += [name for name in (self.signature, self.field) if name]
        said = self._zh if is_chinese else self._en
        if not place:
            return said
        return f"{' '.join(place)}：{said}" if is_chinese else f"{' '.join(place)}: {said}"


class FeedRefused(SignatureRefused):
    """A feed that lies, shrinks, is empty or never answers; what it said before stays in force."""

    code = "signatures.feed_refused"
