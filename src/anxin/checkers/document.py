"""The YAML documents of the checkers: those that ship, and those that somebody hands in."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import yaml


def shipped_document(package: str, name: str) -> Any:
    """Return what a YAML file inside a package says."""
    return read_document(files(package).joinpath(name).read_text(encoding="utf-8"))


def read_document(text: str) -> Any:
    """Return what a YAML text says; raises `yaml.YAMLError`, with a mark where the place is known."""
    return yaml.load(text, Loader=yaml.CSafeLoader)  # the C form of the safe loader


def document_nodes(text: str) -> yaml.Node | None:
    """Return the nodes of a YAML text, which know their lines; None for an empty one; raises `yaml.YAMLError`."""
    return yaml.compose(text, Loader=yaml.CSafeLoader)
