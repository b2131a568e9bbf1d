"""The frame of a generated function: which names it loads, and the constants it refers to."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from anxin.engine.policy.definition import ComputeFeature, NamedValue
from anxin.engine.policy.language.runtime import Calendar, Tokens, any_on, distance_km
from anxin.engine.schema.types import EventType

TextToken = Callable[[str], int]


@dataclass
class Surroundings:
    """What one policy's generated functions share: its names, functions and constants."""

    computes: Mapping[str, ComputeFeature]
    values: Mapping[str, NamedValue]
    functions: Mapping[str, Any]
    timezone: str
    globals: dict[str, Any] = field(default_factory=lambda: {"__builtins__": {}})
    _constants: dict[Hashable, str] = field(default_factory=dict)

    def constant(self, value: Any, key: Hashable = None) -> str:
        """Return the global name of a constant; `key` stands for it when it has no equality of its own."""
        key = (type(value), value) if key is None else key
        name = self._constants.get(key)
        if name is None:
            name = self._constants[key] = f"k{len(self._constants)}"
            self.globals[name] = value
        return name


def language_functions(tokens: Tokens, text_token: TextToken) -> dict[str, Any]:
    """Return what generated code may call, by name; the calendar's functions are not among them."""

    def ip_on(lookup: Callable[[str, int], bool], address: str, t: int) -> bool:
        return lookup(address, t) or lookup(tokens.personal("ip", address), t)

    return {
        "distance_km": distance_km,
        "any_on": any_on,
        "ip_on": ip_on,
        "personal": tokens.personal,
        "text_token": text_token,
        "len": len,
        "abs": abs,
        "min": min,
        "max": max,
    }


class Frame:
    """One generated function in the making. Names are loaded once, at its head, in the order of first use."""

    def __init__(self, event: EventType, surroundings: Surroundings, vector: Mapping[str, int]) -> None:
        self.event = event
        self.surroundings = surroundings
        self.vector = vector
        self.timezone = surroundings.timezone
        self.lines: list[str] = []
        self._loaded: set[str] = set()
        self._temporaries = 0

    def field(self, name: str) -> str:
        """Return the local of a field; a field that the event type lacks is None."""
        return self.load(f"e_{name}", lambda: f"event.{name}" if name in self.event.fields else "None")

    def is_certain(self, name: str) -> bool:
        """Return whether every event of this type has the field."""
        spec = self.event.fields.get(name)
        return spec is not None and spec.required

    def feature(self, name: str) -> str:
        """Return the local of a windowed feature; one that the event type does not answer is None."""
        position = self.vector.get(name)
        return self.load(f"f_{name}", lambda: "None" if position is None else f"vector[{position}]")

    def compute(self, name: str, render: Callable[[ComputeFeature], str]) -> str:
        """Return the local of a computed feature; `render` writes its code at its first use."""
        return self.load(f"c_{name}", lambda: render(self.surroundings.computes[name]))

    def named(self, name: str) -> str:
        """Return the local of a named threshold, its overrides resolved for the event; or its only value."""
        if not self.surroundings.values[name].overrides:
            return repr(self.surroundings.values[name].value)
        return self.load(f"v_{name}", lambda: self._resolved(self.surroundings.values[name]))

    def _resolved(self, value: NamedValue) -> str:
        code = repr(value.value)
        for override in reversed(value.overrides):
            tests = " and ".join(f"{self.field(key)} == {wanted!r}" for key, wanted in override.when)
            code = f"{override.value!r} if {tests} else {code}"
        return code

    def load(self, local: str, code: Callable[[], str]) -> str:
        """Return `local` after making sure that it is assigned once, at its first use."""
        if local not in self._loaded:
            self._loaded.add(local)
            line = f"{local} = {code()}"
            self.lines.append(line)
        return local

    def function(self, name: str) -> str:
        """Return the global name of a function of the language."""
        local = f"call_{name}"
        self.surroundings.globals[local] = self.surroundings.functions[name]
        return local

    def calendar(self, name: str) -> str:
        """Return the global name of `hour` or `weekday` in the frame's time zone."""
        return self.constant(getattr(Calendar(self.timezone), name), ("calendar", name, self.timezone))

    def constant(self, value: Any, key: Hashable = None) -> str:
        """Return the global name of a constant."""
        return self.surroundings.constant(value, key)

    def temporary(self) -> str:
        """Return a fresh local."""
        self._temporaries += 1
        return f"x{self._temporaries}"
