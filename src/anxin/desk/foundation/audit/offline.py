"""Verify an exported trail elsewhere: `python -m anxin.desk.foundation.audit.offline`, no database, no Django."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from anxin.desk.foundation.audit.chain import Break, Link, verify_chain
from anxin.desk.foundation.audit.signing import is_genuine, read_checkpoints

BROKEN = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was found; return 0 when the trail holds, 3 when it is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trail", type=Path, help="JSON lines written by `anxin audit export`")
    parser.add_argument("--checkpoints", type=Path, required=True)
    parser.add_argument("--public-key", type=Path, required=True)
    given = parser.parse_args(arguments)
    public_key = given.public_key.read_text(encoding="ascii").strip()
    checkpoints = read_checkpoints(given.checkpoints)
    if not all(is_genuine(each, public_key) for each in checkpoints):
        sys.stdout.write("broken: unsigned\n")
        return BROKEN
    roots = {each.size: bytes.fromhex(each.root) for each in checkpoints}
    found = verify_chain(_read(given.trail), roots)
    if isinstance(found, Break):
        sys.stdout.write(f"broken at entry {found.seq}: {found.code}\n")
        return BROKEN
    sys.stdout.write(f"holds: {found.size} entries, {found.checkpoints} signed checkpoints, head {found.head}\n")
    return 0


def _read(path: Path) -> Iterator[tuple[Link, bytes]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            columns = json.loads(line)
            yield Link(**{name: columns[name] for name in Link.__dataclass_fields__}), bytes.fromhex(columns["hash"])


if __name__ == "__main__":
    sys.exit(main())
