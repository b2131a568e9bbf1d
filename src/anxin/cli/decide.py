"""`anxin decide`: JSON lines in, decisions out, in this process and without a server."""

from __future__ import annotations

import codecs
import sys
from collections import OrderedDict
from collections.abc import Iterator
from typing import Annotated, BinaryIO

import msgspec
import typer

from anxin.cli.language import both
from anxin.cli.options import PolicyFolderOption
from anxin.cli.policy_argument import open_policy
from anxin.engine.decide import Engine
from anxin.engine.errors import EventIdReused, EventRefused
from anxin.engine.log.records import body_digest
from anxin.gateway.intake import as_duplicate
from anxin.history.checked import filled

REFUSED_SOME = 1
IDS_KEPT = 100_000
# Nothing outlives the process, so the keys that hide entities inside it need not be secret.
INDEX_KEY, WINDOWS_KEY = b"anxin decide in one process only", b"anxin decide one"


class Refusal(msgspec.Struct, omit_defaults=True):
    """What stands in the output for an event that was refused; `line` counts from 1."""

    line: int
    code: str
    zh: str
    en: str
    pointer: str | None = None


class Given:
    """What the last `IDS_KEPT` events were answered, so that each is counted once."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, tuple[bytes, bytes]] = OrderedDict()

    def find(self, event_id: str, body: bytes) -> bytes | None:
        """Return the first answer of a repeated event, None for a new one; raise EventIdReused for another body."""
        digest, answer = self._answers.get(event_id, (None, None))
        if digest is not None and digest != body_digest(body):
            raise EventIdReused(pointer="/event_id", event_id=event_id)
        return answer

    def keep(self, event_id: str, body: bytes, answer: bytes) -> None:
        """Remember an answer."""
        self._answers[event_id] = (body_digest(body), answer)
        if len(self._answers) > IDS_KEPT:
            self._answers.popitem(last=False)


def decide(
    policy: PolicyFolderOption = None,
    *,
    explain: Annotated[
        bool,
        typer.Option(help=both("附上特征和每个条件，无论是否命中", "add features and every condition, fired or not")),
    ] = False,
) -> None:
    """Decide events from standard input, one JSON object a line; exit 1 when some were refused."""
    engine = Engine([open_policy(policy)], index_key=INDEX_KEY, windows_key=WINDOWS_KEY)
    refused = 0
    for answer in decide_lines(engine, sys.stdin.buffer, explain=explain):
        refused += isinstance(answer, Refusal)
        sys.stdout.buffer.write(msgspec.json.encode(answer) if isinstance(answer, Refusal) else answer)
        sys.stdout.buffer.write(b"\n")
        sys.stdout.buffer.flush()
    if refused:
        raise typer.Exit(REFUSED_SOME)


def decide_lines(engine: Engine, lines: BinaryIO, *, explain: bool) -> Iterator[bytes | Refusal]:
    """Yield an answer per line that is not empty, in order; a refused or repeated event counts nothing."""
    seq, given = 0, Given()
    for number, line in enumerate(lines, start=1):
        body = (line if number > 1 else line.removeprefix(codecs.BOM_UTF8)).strip()
        if not body:
            continue
        try:
            received = engine.parse(filled(body))
            again = given.find(received.event_id, body)
        except EventRefused as refusal:
            pointer, code = refusal.pointer, refusal.code
            yield Refusal(number, code, refusal.sentence("zh"), refusal.sentence("en"), pointer)
            continue
        if again is not None:
            yield as_duplicate(again)
            continue
        seq += 1
        decided = engine.decide(received, seq=seq)
        given.keep(received.event_id, body, decided.answer)
        if explain:
            explanation = msgspec.json.encode(engine.explain(received, decided))
            yield decided.answer[:-1] + b',"explanation":' + explanation + b"}"
        else:
            yield decided.answer
