"""Reading a catalogue of event types from YAML."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from anxin.engine.schema.invalid import SchemaInvalid
from anxin.engine.schema.types import EntityKind, FieldSpec, FieldType
from anxin.engine.schema.yaml_shape import hostile_place

FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")
EVENT_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}(\.[a-z][a-z0-9_]{0,31}){1,3}\Z")
RESERVED = frozenset(
    [
        "missing",
        "list",
        "matches",
        "contains",
        "starts_with",
        "ends_with",
        "lower",
        "length",
        "any_in",
        "abs",
        "min",
        "max",
        "hour",
        "weekday",
        "distance_km",
        "age",
        "seconds",
        "minutes",
        "hours",
        "days",
        "model_score",
        "t",
        "event",
        "event_type",
        "true",
        "false",
        "null",
    ]
)
_FIELD_KEYS = {"type", "required", "entity", "max_length", "pattern", "derived_from", "text"}


@dataclass
class Catalogue:
    """What one YAML text declares; `lines` tells where each field of an event type stands."""

    version: str = ""
    entities: dict[str, EntityKind] = field(default_factory=dict)
    envelope: dict[str, FieldSpec] = field(default_factory=dict)
    events: dict[str, dict[str, FieldSpec]] = field(default_factory=dict)
    lines: dict[tuple[str, str], int] = field(default_factory=dict)


def read_catalogue(source: str, *, is_trusted: bool = False) -> Catalogue:
    """Return what `source` declares; raise SchemaInvalid at the first thing that is wrong.

    Only a trusted text may use aliases.
    """
    try:
        place = None if is_trusted else hostile_place(source)
        if place is not None:
            zh, en = "不支持引用或过深的嵌套", "aliases and deep nesting are not allowed"
            raise SchemaInvalid(line=place[0], column=place[1], zh=zh, en=en)
        root = yaml.compose(source, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark else 1
        raise SchemaInvalid(line=line, zh="不是有效的 YAML", en=f"not valid YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise SchemaInvalid(line=1, zh="不是有效的 YAML", en="not valid YAML") from error
    catalogue = Catalogue()
    for key, node in _items(root).items():
        if key == "version":
            catalogue.version = _word(node)
        elif key == "entities":
            catalogue.entities = {name: _entity(name, each) for name, each in _items(node).items()}
        elif key == "envelope":
            catalogue.envelope = _fields(node)
        elif key == "events":
            _read_events(catalogue, node)
        else:
            raise _invalid(node, zh=f"未知的键 {key}", en=f"unknown key {key}")
    return catalogue


def _read_events(catalogue: Catalogue, node: yaml.Node) -> None:
    for name, each in _items(node).items():
        if not EVENT_NAME.match(name):
            raise _invalid(each, zh=f"事件类型名“{name}”不正确", en=f"bad event type name “{name}”")
        items = _items(each)
        inner = items["fields"] if set(items) <= {"fields", "text"} and _is_map(items.get("fields")) else each
        catalogue.events[name] = _fields(inner)
        for field_name, place in _items(inner).items():
            catalogue.lines[name, field_name] = _line(place)


def _fields(node: yaml.Node) -> dict[str, FieldSpec]:
    return {name: _field(name, each) for name, each in _items(node).items()}


def _field(name: str, node: yaml.Node) -> FieldSpec:
    if not FIELD_NAME.match(name) or keyword.iskeyword(name) or name in RESERVED:
        raise _invalid(node, zh=f"字段名“{name}”不可用", en=f"“{name}” cannot be a field name")
    if isinstance(node, yaml.ScalarNode):
        return FieldSpec(name=name, type=_type(node))
    items = _items(node)
    for key, each in items.items():
        if key not in _FIELD_KEYS:
            raise _invalid(each, zh=f"未知的键 {key}", en=f"unknown key {key}")
    if "type" not in items:
        raise _invalid(node, zh=f"字段 {name} 缺少 type", en=f"field {name} has no type")
    return FieldSpec(
        name=name,
        type=_type(items["type"]),
        required=_flag(items.get("required")),
        entity=_word(items["entity"]) if "entity" in items else None,
        max_length=_length(items.get("max_length")),
        pattern=_pattern(items.get("pattern")),
        derived_from=_word(items["derived_from"]) if "derived_from" in items else None,
    )


def _type(node: yaml.Node) -> FieldType:
    word = _word(node)
    try:
        return FieldType(word)
    except ValueError:
        raise _invalid(node, zh=f"未知的类型 {word}", en=f"unknown type {word}") from None


def _flag(node: yaml.Node | None) -> bool:
    if node is None:
        return False
    word = _word(node)
    if word not in ("true", "false"):
        raise _invalid(node, zh="应为 true 或 false", en="expected true or false")
    return word == "true"


def _length(node: yaml.Node | None) -> int:
    if node is None:
        return 4000
    word = _word(node)
    if not word.isascii() or not word.isdigit() or not 1 <= int(word[:6]) <= 4000:
        raise _invalid(node, zh="max_length 应为 1–4000", en="max_length is 1–4000")
    return int(word)


def _pattern(node: yaml.Node | None) -> str | None:
    if node is None:
        return None
    word = _word(node)
    # Only plain character classes with a count: they cannot backtrack, so the standard engine stays linear.
    if not re.fullmatch(r"\^(\[[A-Za-z0-9_.:-]+\](\{\d{1,3}(,\d{1,3})?\})?)+\$", word):
        raise SchemaInvalid(
            line=_line(node), zh="pattern 只允许字符类和次数", en="pattern allows classes and counts only"
        )
    return word


def _entity(name: str, node: yaml.Node) -> EntityKind:
    items = _items(node)
    if not FIELD_NAME.match(name) or not {"zh", "en"} <= set(items):
        raise _invalid(node, zh=f"实体 {name} 不正确", en=f"entity {name} is not right")
    return EntityKind(name=name, zh=_word(items["zh"]), en=_word(items["en"]))


def _items(node: yaml.Node | None) -> Mapping[str, yaml.Node]:
    if node is None:
        return {}
    if not isinstance(node, yaml.MappingNode):
        raise _invalid(node, zh="应为映射", en="expected a mapping")
    items: dict[str, yaml.Node] = {}
    for key, each in node.value:
        word = _word(key)
        if word in items:
            raise _invalid(key, zh=f"重复的键 {word}", en=f"key {word} stands twice")
        items[word] = each
    return items


def _is_map(node: yaml.Node | None) -> bool:
    return isinstance(node, yaml.MappingNode)


def _word(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise _invalid(node, zh="应为单个值", en="expected one value")
    return str(node.value)


def _invalid(node: yaml.Node, *, zh: str, en: str) -> SchemaInvalid:
    mark = node.start_mark
    return SchemaInvalid(line=mark.line + 1, column=mark.column + 1, zh=zh, en=en)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
