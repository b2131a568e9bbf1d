"""Loading a policy: files in, a checked policy or every problem out."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TypeVar

from anxin.engine.policy.definition import ListDeclaration, ModelFile, Policy, Rule, Settings
from anxin.engine.policy.documents import Document, Value, iterate_named
from anxin.engine.policy.language.check import suggestion
from anxin.engine.policy.language.nodes import OnList
from anxin.engine.policy.problems import PolicyErrors, Problems
from anxin.engine.policy.read_computes import read_computes
from anxin.engine.policy.read_features import read_window_feature
from anxin.engine.policy.read_parts import NAME, RULE_ID
from anxin.engine.policy.read_rules import read_rule
from anxin.engine.policy.read_settings import read_list, read_model, read_settings
from anxin.engine.policy.scopes import Vocabulary
from anxin.engine.schema.catalogue import RESERVED
from anxin.engine.schema.invalid import SchemaInvalid
from anxin.engine.schema.schema import Schema

_Kept = TypeVar("_Kept")
FILE = re.compile(r"(policy|events)\.yaml\Z|(features|lists|rules)/[^/]+\.yaml\Z|models/[^/]+\.json\Z")
FOLDERS = ("features", "lists", "rules")


def load_policy(folder: Path, *, today: date | None = None) -> Policy:
    """Return the policy of a folder; raise PolicyErrors with everything that is wrong."""
    return parse_policy(read_policy_files(folder), today=today)


def read_policy_files(folder: Path) -> dict[str, str]:
    """Return the texts of a policy's files by their path inside the folder, with `/` between parts.

    Raise PolicyErrors for files that are not UTF-8. A log keeps texts, so that an older one is never refused for it.
    """
    found: dict[str, str] = {}
    problems = Problems()
    # Misspelt endings are read as well, so that they are told and not passed over.
    patterns = ["*.yaml", "*.yml", *(f"{name}/*.y*ml" for name in FOLDERS), "models/*.json"]
    for pattern in patterns:
        for path in sorted(folder.glob(pattern)):
            name = path.relative_to(folder).as_posix()
            try:
                found[name] = path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                zh, en = "不是 UTF-8 文本，请将文件另存为 UTF-8", "not UTF-8 text; save the file as UTF-8"
                problems.add((name, *_first_unreadable(path.read_bytes())), "policy.not_utf8", zh, en)
    if problems.has_errors:
        raise PolicyErrors(problems.ordered())
    return found


def _first_unreadable(content: bytes) -> tuple[int, int]:
    """Return line and column of the first byte that is no UTF-8."""
    before = content.decode("utf-8", errors="replace").partition("\ufffd")[0]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def parse_policy(files: Mapping[str, str], *, today: date | None = None) -> Policy:
    """Return the policy of files by name; raise PolicyErrors with everything that is wrong.

    `today` lets expired rules be told as warnings. Equal files are one policy: it is read once and asked for often.
    """
    return _parsed(tuple(files.items()), today)


@functools.lru_cache(maxsize=8)
def _parsed(files: tuple[tuple[str, str], ...], today: date | None) -> Policy:
    problems = Problems()
    policy = _PolicyReader(dict(files), problems, today).read()
    if policy is None or problems.has_errors:
        raise PolicyErrors(problems.ordered())
    return policy


class _PolicyReader:
    def __init__(self, files: Mapping[str, str], problems: Problems, today: date | None) -> None:
        self.files = files
        self.problems = problems
        self.today = today
        self.vocabulary = Vocabulary(schema=self._schema())
        self.lists: dict[str, ListDeclaration] = {}
        self.rules: dict[str, Rule] = {}

    def read(self) -> Policy | None:
        self._refuse_unknown_files()
        settings = self._settings()
        model = self._model(settings)
        self.vocabulary.has_model = model is not None
        self._features()
        self._refuse_unknown_inputs(model)
        for name, value in self._entries("lists", "lists"):
            found = read_list(name, value)
            if found is not None:
                self._once(name, value, self.lists, found)
        for name, value in self._entries("rules", "rules"):
            rule = read_rule(name, value, self.vocabulary, self.today)
            if rule is not None:
                self._once(name, value, self.rules, rule)
        self._warn_of_undeclared_lists()
        if settings is None:
            return None
        return Policy(
            settings=settings,
            schema=self.vocabulary.schema,
            features=self.vocabulary.features,
            computes=self.vocabulary.computes,
            rules=tuple(self.rules.values()),
            lists=self.lists,
            values=self.vocabulary.values,
            model=model,
            files=dict(self.files),
            warnings=self.problems.ordered(),
        )

    def _warn_of_undeclared_lists(self) -> None:
        """Warn of list names that may be misspelt; people may still put something on such a list."""
        for rule in self.rules.values():
            asked = {node.list_name for node in rule.when.tree.walk() if isinstance(node, OnList)}
            for name in sorted(asked - self.lists.keys()):
                zh, en = suggestion(name, self.lists)
                zh, en = f"名单“{name}”没有在 lists 中声明{zh}", f"list “{name}” is declared nowhere{en}"
                self.problems.warn(rule.place, "policy.list_undeclared", zh, en)

    def _refuse_unknown_files(self) -> None:
        for file in self.files:
            if not FILE.match(file):
                zh, en = "策略中没有这样的文件", "a policy has no such file"
                self.problems.add((file, 1, 1), "policy.unknown_file", zh, en)

    def _schema(self) -> Schema:
        shipped = Schema.shipped()
        if "events.yaml" not in self.files:
            return shipped
        try:
            return shipped.extended(self.files["events.yaml"])
        except SchemaInvalid as error:
            place = ("events.yaml", error.line, error.column)
            self.problems.add(place, error.code, error.reason_zh, error.reason_en)
            return shipped

    def _settings(self) -> Settings | None:
        if "policy.yaml" not in self.files:
            self.problems.add(
                ("policy.yaml", 1, 1), "policy.missing_file", "缺少 policy.yaml", "policy.yaml is missing"
            )
            return None
        document = Document("policy.yaml", self.files["policy.yaml"], self.problems)
        root = document.root()
        if root is None:
            if not self.problems.has_errors:
                self.problems.add(("policy.yaml", 1, 1), "policy.empty", "文件为空", "the file is empty")
            return None
        settings, self.vocabulary.values = read_settings(root)
        for name in self.vocabulary.values:
            self._refuse_taken(name, root)
        return settings

    def _model(self, settings: Settings | None) -> ModelFile | None:
        if settings is None or settings.model is None:
            return None
        file = f"models/{settings.model}.json"
        if file not in self.files:
            self.problems.add(("policy.yaml", 1, 1), "policy.missing_file", f"缺少 {file}", f"{file} is missing")
            return None
        return read_model(Document(file, self.files[file], self.problems), settings.model)

    def _refuse_unknown_inputs(self, model: ModelFile | None) -> None:
        if model is None:
            return
        place, words = (f"models/{model.name}.json", 1, 1), self.vocabulary
        for name in model.inputs:
            is_known = name in words.features or name in words.computes or name in words.values
            if not is_known and not words.schema.field_owners(name):
                self.problems.add(place, "policy.unknown_name", f"未知的名称 {name[:64]}", f"unknown name {name[:64]}")
        for name in model.event_types:
            if name not in words.schema.events:
                zh, en = f"未知的事件类型 {name[:64]}", f"unknown event type {name[:64]}"
                self.problems.add(place, "policy.event_type", zh, en)

    def _features(self) -> None:
        computed: dict[str, Value] = {}
        taken: dict[str, Value] = {}
        for name, value in self._entries("features", "features"):
            self._refuse_taken(name, value)
            self._once(name, value, taken, value)
            if isinstance(value.node.value, list) and any(_key(each) == "compute" for each in value.node.value):
                computed[name] = value
                continue
            found = read_window_feature(name, value, self.vocabulary.schema)
            if found is not None:
                self.vocabulary.features[name] = found
        read_computes(computed, self.vocabulary)

    def _entries(self, folder: str, key: str) -> Iterator[tuple[str, Value]]:
        pattern = RULE_ID if folder == "rules" else NAME
        for file in sorted(self.files):
            if not file.startswith(folder + "/"):
                continue
            root = Document(file, self.files[file], self.problems).root()
            section = root.section((key,)) if root is not None else None
            if section is not None and key in section:
                yield from iterate_named(section[key], "名称", "name", pattern)

    def _once(self, name: str, value: Value, found: dict[str, _Kept], entry: _Kept) -> None:
        if name in found:
            value.fail("policy.duplicate", f"重复的名称 {name}", f"{name} is defined twice")
        else:
            found[name] = entry

    def _refuse_taken(self, name: str, value: Value) -> None:
        if name in RESERVED or self.vocabulary.schema.field_owners(name):
            value.fail("policy.name", f"名称 {name} 已被字段或函数使用", f"{name} is already a field or a function")


def _key(pair: object) -> str:
    return str(pair[0].value) if isinstance(pair, tuple) else ""
