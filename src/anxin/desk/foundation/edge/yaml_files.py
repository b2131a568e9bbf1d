"""Read and write YAML with the library's C forms: the same many times sooner, at every start, parse and export."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def read_yaml(path: Path) -> Any:
    """Return what a file that comes with the product says; raise yaml.YAMLError for one that is none."""
    return parse_yaml(path.read_text(encoding="utf-8"))


def parse_yaml(text: str) -> Any:
    """Return what a text says; raise yaml.YAMLError for one that is none, with its place as `problem_mark`."""
    return yaml.load(text, Loader=_LOADER)


def write_yaml(document: object) -> str:
    """Return plain values as a text to be read by people, in their order; raise yaml.YAMLError for any others."""
    text = _dumped(document, _DUMPER)
    # The C form writes rare characters and pictographs as numbers, which nobody would recognise in a name.
    return _dumped(document, yaml.SafeDumper) if "\\U" in text else text


def _dumped(document: object, dumper: type[yaml.SafeDumper]) -> str:
    return str(yaml.dump(document, Dumper=dumper, allow_unicode=True, sort_keys=False, width=140))
