"""The door of one reader: checks and hashes places, then runs every touch; written out as Python from the plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from anxin.engine.generated import defined
from anxin.engine.windows.contract import Place
from anxin.engine.windows.keyed import SEPARATOR, entity_hash, text_token
from anxin.engine.windows.layout import MISSING, is_text
from anxin.engine.windows.plan import StreamSpec

# How many hashes are remembered, for each kind of entity and for texts.
REMEMBERED = 1 << 14


class Hashes(dict[Any, int]):
    """Hashes of the entities of one salt, by key part or parts; forgets all when full."""

    __slots__ = ("_key", "_salt")

    def __init__(self, key: bytes, salt: bytes) -> None:
        super().__init__()
        self._key = key
        self._salt = salt

    def __missing__(self, parts: object) -> int:
        if isinstance(parts, str):
            found = entity_hash(self._key, self._salt, parts)
        elif isinstance(parts, tuple):
            found = entity_hash(self._key, self._salt, SEPARATOR.join(parts))
        else:
            raise TypeError("a key part is text")
        if len(self) >= REMEMBERED:
            self.clear()
        self[parts] = found
        return found


class Tokens(dict[Any, int]):
    """Tokens of texts; forgets all when full."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        super().__init__()
        self._key = key

    def __missing__(self, text: object) -> int:
        if not isinstance(text, str):
            raise TypeError("a text column takes text")
        found = text_token(self._key, text)
        if len(self) >= REMEMBERED:
            self.clear()
        self[text] = found
        return found


def checked_mask(place: Place, limit: int) -> int:
    """Return a mask below `limit`; raise TypeError or OverflowError."""
    if not isinstance(place, int):
        raise TypeError("a mask is an integer")
    if not 0 <= place < limit:
        raise OverflowError("mask beyond the filters of the stream")
    return int(place)


def checked_integer(place: Place) -> int:
    """Return an integer value; raise TypeError or OverflowError."""
    if not isinstance(place, int):
        raise TypeError("an integer column takes an integer")
    if not MISSING < place < -MISSING:
        raise OverflowError("value beyond 64 bits")
    return int(place)


class Door:
    """What the code of one touch needs to know of its places: `first` is the number of the first."""

    def __init__(self, number: int, first: int, spec: StreamSpec) -> None:
        self.number = number
        self.names = [f"p{each}" for each in range(first, first + spec.width)]
        parts = spec.key_parts
        self.keys, self.mask, self.values = self.names[:parts], self.names[parts], self.names[parts + 1 :]
        self.mask_limit = 1 << len(spec.filters)
        self.texts = [is_text(spec, each) for each in range(len(spec.columns))]

    def checking(self) -> list[str]:
        """Return the lines that check the places and make the hash and the values."""
        mask, limit = self.mask, self.mask_limit
        lines = [f"if type({mask}) is not int or not 0 <= {mask} < {limit}: {mask} = checked_mask({mask}, {limit})"]
        for name, takes_text in zip(self.values, self.texts, strict=True):
            if takes_text:
                lines.append(f"if {name} is not None: {name} = tokens[{name}]")
            else:
                wrong = f"type({name}) is not int or not {MISSING} < {name} < {-MISSING}"
                lines.append(f"if {name} is not None and ({wrong}): {name} = checked_integer({name})")
        missing = " or ".join(f"{each} is None" for each in self.keys)
        return [*lines, f"h{self.number} = None if {missing} else hashes{self.number}[{', '.join(self.keys)}]"]

    def touching(self) -> str:
        """Return the line that runs the touch."""
        given = ", ".join([f"h{self.number}", "t", "seq", self.mask, *self.values, "answers", "flagged", "watermark"])
        return f"if h{self.number} is not None: touch{self.number}({given})"

    def entry(self) -> str:
        """Return the expression of the touch's entry on the slow way."""
        return f"(TOUCH{self.number}, h{self.number}, {self.mask}, [{', '.join(self.values)}])"


def door_code(doors: Sequence[Door], space: dict[str, Any]) -> tuple[Callable[..., Any], Callable[..., None]]:
    """Return two functions: places → entries for the slow way; (places, t, begin, answers, flagged) → None.

    `begin(t)` counts the event and returns its seq and the watermark.
    """
    names = [name for door in doors for name in door.names]
    head = [f" ({', '.join(names)},) = places"] if names else []
    head += [f" {line}" for door in doors for line in door.checking()]
    entries = ", ".join(f"{door.entry()}" for door in doors)
    lines = ["def entries(places):", *head, f" return [each for each in [{entries}] if each[1] is not None]"]
    lines += ["def observe(places, t, begin, answers, flagged):", *head, " seq, watermark = begin(t)"]
    lines += [f" {door.touching()}" for door in doors]
    space |= {"checked_mask": checked_mask, "checked_integer": checked_integer}
    # The source is made of place numbers and mask limits of a checked plan, never of text from outside.
    code = defined("\n".join(lines), "door", space)
    return code["entries"], code["observe"]
