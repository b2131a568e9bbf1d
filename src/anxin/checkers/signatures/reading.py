"""Reading a file of signatures: every mistake is refused with its line and field."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import yaml

from anxin.checkers.document import document_nodes, read_document
from anxin.checkers.signatures.errors import SignatureRefused
from anxin.checkers.signatures.signature import AnySignature, Name, PublishSignatures

LONGEST_FILE = 4 * 1024 * 1024
_STEP = re.compile(r"\[(\d+|\.\.\.)\]|([A-Za-z_]\w*)")


class SignatureFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file as people write it: a set of signatures with its version."""

    set: Name
    version: Name
    signatures: tuple[AnySignature, ...]


def read_signatures(text: str) -> SignatureFile:
    """Return the set in a YAML text; raise SignatureRefused with line and field."""
    if len(text) > LONGEST_FILE:
        raise SignatureRefused("文件超过 4 MB，请拆分或使用数据源导入", "the file is over 4 MB; split or import it")
    raw = _parsed(text)
    try:
        return msgspec.convert(raw, SignatureFile)
    except msgspec.ValidationError as problem:
        raise _refusal(text, raw, str(problem)) from None


def parse_order(body: bytes) -> PublishSignatures:
    """Return the order in a JSON body; raise SignatureRefused with the field."""
    try:
        return msgspec.json.decode(body, type=PublishSignatures)
    except msgspec.ValidationError as problem:
        reason, _, place = str(problem).partition(" - at `$")
        raise SignatureRefused(reason, reason, field=place.strip("`.")) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise SignatureRefused(f"不是 JSON：{problem}", f"it is not JSON: {problem}") from None


def placed(refusal: SignatureRefused, text: str, signatures: tuple[AnySignature, ...]) -> SignatureRefused:
    """Return a refusal of one of a file's signatures with the line where it stands."""
    number = next((place for place, each in enumerate(signatures) if each.id == refusal.signature), None)
    if refusal.line or number is None:
        return refusal
    path = ["signatures", str(number), *refusal.field.split(".")]
    refusal.line = _line(document_nodes(text), path)
    return refusal


def _parsed(text: str) -> Any:
    try:
        # An alias may stand for the same part a million times.
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.AliasEvent):
                mark = event.start_mark
                line = mark.line + 1 if mark is not None else 0
                raise SignatureRefused("不允许使用 YAML 别名", "YAML aliases are not allowed", line=line)
        return read_document(text)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        reason = problem.problem or "YAML"
        line = mark.line + 1 if mark else 0
        raise SignatureRefused(f"不是有效的 YAML：{reason}", f"not YAML: {reason}", line=line) from None
    except (yaml.YAMLError, ValueError) as problem:
        reason = str(problem).splitlines()[0]
        raise SignatureRefused(f"不是有效的 YAML：{reason}", f"not YAML: {reason}") from None


def _refusal(text: str, raw: Any, message: str) -> SignatureRefused:
    """Return the refusal for a msgspec message, with the line of the deepest part of its path that exists."""
    reason, _, place = message.partition(" - at `$")
    path = [number or word for number, word in _STEP.findall(place.rstrip("`"))]
    if path[:1] == ["signatures"] and path[1:2] == ["..."]:
        path[1] = str(_failing(raw))
    missing = re.search(r"(?:missing required|unknown) field `(\w+)`", reason)
    if missing:
        path.append(missing[1])
    line = _line(document_nodes(text), path)
    field = ".".join(step for step in path[2:] if step != "...") if path[:1] == ["signatures"] else ".".join(path)
    return SignatureRefused(f"内容不正确：{reason}", reason, signature=_name_at(raw, path), field=field, line=line)


def _failing(raw: Any) -> int:
    """Return the place of the first signature that is none."""
    for number, each in enumerate(raw["signatures"]):
        try:
            msgspec.convert(each, AnySignature)
        except msgspec.ValidationError:
            return number
    return 0


def _name_at(raw: Any, path: list[str]) -> str:
    if len(path) < 2 or path[0] != "signatures" or not path[1].isdigit():
        return ""
    found = raw["signatures"][int(path[1])]
    return str(found.get("id", "")) if isinstance(found, dict) else ""


def _line(node: Any, path: list[str]) -> int:
    line = node.start_mark.line + 1 if node is not None else 1
    for step in path:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == step), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and step.isdigit() and int(step) < len(node.value):
            node = node.value[int(step)]
            line = node.start_mark.line + 1
    return int(line)
