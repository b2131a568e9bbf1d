"""Who is told about what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.yaml_files import read_yaml

_FILE = Path(__file__).with_name("topics.yaml")


@cache
def topic_permissions() -> Mapping[str, str]:
    """Return the permission that each topic needs."""
    permissions: dict[str, str] = read_yaml(_FILE)["topics"]
    return permissions


def topics_for(by: Actor, asked: Iterable[str]) -> frozenset[str]:
    """Return those of the asked topics that the actor may be told about; asking for none means all."""
    wanted = frozenset(asked) or frozenset(topic_permissions())
    return frozenset(each for each in wanted if by.grant(topic_permissions().get(each, "")) is not None)
