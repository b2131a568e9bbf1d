"""Read signature packs: cues, how they combine, examples, owner and dates, words for the agent."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec
import re2
import yaml

from anxin.checkers.document import document_nodes, read_document
from anxin.checkers.result import Words
from anxin.checkers.texts.errors import PackRefused

DATA = Path(__file__).parent / "data"
# A compiled pattern of more instructions than this is refused: bounded repeats of wide classes explode.
PATTERN_SIZE = 4000
Kind = Literal["role", "pretext", "action", "channel", "pressure", "lure", "term", "doubt"]
Use = Literal["scam", "content", "signal"]
Read = TypeVar("Read")


class CueSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One cue: words and patterns that mean the same thing.

    `phrases` are exact words of the folded text. `patterns` are re2. `near` are lines `a|b .. c|d`: one of each group
    in this order, at most `GAP` characters apart. Kind `doubt` lowers (negative weight).
    """

    zh: str
    en: str
    kind: Kind
    weight: float
    phrases: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    negatable: bool = True


class CueFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Cues that several packs use."""

    owner: str
    dated: date
    review_by: date
    source: str
    confidence: Literal["low", "medium", "high"]
    cues: dict[str, CueSpec]


class Combination(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Cues (codes, or kinds written `kind:role`) that weigh more together than alone."""

    all: tuple[str, ...]
    weight: float


class Stage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the agent says in one stage of the talk."""

    stage: Literal["opening", "verify", "warn", "next"]
    zh: str
    en: str


class Examples(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sentences that must and must not reach the level of suspicion."""

    positive: tuple[str, ...]
    negative: tuple[str, ...]


class Pack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The signature of one scam type, one kind of bad content, or one signal.

    `uses` names shared cues with the weight they have here; None takes the cue's own weight.
    """

    id: str
    use: Use
    name: Words
    owner: str
    dated: date
    review_by: date
    source: str
    confidence: Literal["low", "medium", "high"]
    uses: dict[str, float | None]
    cues: dict[str, CueSpec]
    examples: Examples
    combinations: tuple[Combination, ...] = ()
    stages: tuple[Stage, ...] = ()
    say: tuple[Words, ...] = ()
    ask: tuple[Words, ...] = ()
    never: tuple[Words, ...] = ()


class Library(msgspec.Struct, frozen=True):
    """Every cue by code, and every pack by id."""

    cues: dict[str, CueSpec]
    packs: dict[str, Pack]


@cache
def shipped_library() -> Library:
    """Return the shipped packs, read at the first call."""
    return load_library()


def load_library(folder: Path = DATA) -> Library:
    """Read the shared cues and all packs of a folder; raises PackRefused at the first mistake."""
    cues: dict[str, CueSpec] = {}
    for file in sorted((folder / "cues").glob("*.yaml")):
        add_cues(cues, read_file(file, CueFile).cues, file)
    packs: dict[str, Pack] = {}
    for file in sorted((folder / "packs").glob("*.yaml")):
        pack = read_file(file, Pack)
        if pack.id != file.stem:
            raise PackRefused(file, 1, f"id {pack.id!r} is not the file's name")
        add_cues(cues, {f"{pack.id}.{name}": cue for name, cue in pack.cues.items()}, file)
        packs[pack.id] = pack
        check_references(pack, cues, file)
    return Library(cues, packs)


def read_file(file: Path, kind: type[Read]) -> Read:
    """Return one YAML file as a record; raises PackRefused with the line."""
    text = file.read_text(encoding="utf-8")
    try:
        raw = read_document(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PackRefused(file, line, error.problem or "not YAML") from error
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at `$")
        path = [failing_cue(raw) if step == "..." else step for step in re.findall(r"\w+|\.\.\.", place)]
        raise PackRefused(file, line_of(text, path), reason) from error


def failing_cue(raw: Any) -> str:
    """Return the name of the first cue that is not one; empty when the mistake is elsewhere."""
    for name, cue in raw.get("cues", {}).items():
        try:
            msgspec.convert(cue, CueSpec)
        except msgspec.ValidationError:
            return str(name)
    return ""


def line_of(text: str, path: list[str]) -> int:
    """Return the line (from 1) of the deepest key of the path that stands in the file."""
    node: Any = document_nodes(text)
    line = 1
    for step in path:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == step), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and step.isdigit() and int(step) < len(node.value):
            node = node.value[int(step)]
            line = node.start_mark.line + 1
    return line


def add_cues(known: dict[str, CueSpec], more: dict[str, CueSpec], file: Path) -> None:
    """Add cues under their codes; raises PackRefused for a code twice, an empty cue, a bad or slow pattern."""
    for code, cue in more.items():
        if code in known:
            raise PackRefused(file, line_with(file, code), f"cue {code} stands twice")
        if not (cue.phrases or cue.patterns or cue.near):
            raise PackRefused(file, line_with(file, code.rpartition(".")[2]), f"cue {code} has nothing to look for")
        for pattern in cue.patterns:
            check_pattern(pattern, file)
        for line in cue.near:
            if any(not word for group in line.split(" .. ") for word in group.split("|")) or " .. " not in line:
                raise PackRefused(file, line_with(file, line), f"near {line!r} needs words on both sides of ' .. '")
        known[code] = cue


def check_pattern(pattern: str, file: Path) -> None:
    """Refuse a pattern that re2 cannot run, that is too large, or that matches nothing at all."""
    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(pattern, options=options)
    except re2.error as error:
        raise PackRefused(file, line_with(file, pattern), f"pattern {pattern!r}: {error}") from error
    if compiled.programsize > PATTERN_SIZE:
        raise PackRefused(file, line_with(file, pattern), f"pattern {pattern!r} is too large")
    if compiled.search(""):
        raise PackRefused(file, line_with(file, pattern), f"pattern {pattern!r} matches the empty text")


def check_references(pack: Pack, cues: dict[str, CueSpec], file: Path) -> None:
    """Refuse names that no cue has."""
    named = [*pack.uses, *(code for each in pack.combinations for code in each.all if not code.startswith("kind:"))]
    for name in named:
        if name not in cues and f"{pack.id}.{name}" not in cues:
            raise PackRefused(file, line_with(file, name), f"no cue is called {name}")


def line_with(file: Path, words: str) -> int:
    """Return the first line (from 1) that holds the words; 1 when none does."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if words in line), 1)
