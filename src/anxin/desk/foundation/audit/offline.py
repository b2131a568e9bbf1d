"""Verify an exported trail elsewhere: `python -m anxin.desk.foundation.audit.offline`, no database, no Django."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from anxin.desk.foundation.audit.chain import Break, Link, verify_chain
from anxin.desk.foundation.audit.signing import is_genuine, read_checkpoints

UNREADABLE, BROKEN = 2, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was found; return 0 when the trail holds, 3 when it is broken, 2 when a file cannot be read."""
    parser = argparse.ArgumentParser(description="离线校验审计记录 Verify an exported audit trail, without a database.")
    parser.add_argument("trail", type=Path, help="anxin audit export 写出的文件 what anxin audit export wrote")
    parser.add_argument("--checkpoints", type=Path, required=True, help="已签名的检查点 the signed checkpoints")
    parser.add_argument("--public-key", type=Path, required=True, help="组织的公钥 the organisation's public key")
    given = parser.parse_args(arguments)
    try:
        return _verify(given)
    except OSError as fault:
        sys.stderr.write(f"无法读取 cannot be read: {fault.filename}\n")
    except (ValueError, KeyError, TypeError):
        sys.stderr.write("文件不是审计导出、检查点或公钥 a file is no exported trail, checkpoint or key\n")
    return UNREADABLE


def _verify(given: argparse.Namespace) -> int:
    public_key = given.public_key.read_text(encoding="ascii").strip()
    given.checkpoints.stat()  # none at all would let a trail hold that nobody signed
    checkpoints = read_checkpoints(given.checkpoints)
    if not all(is_genuine(each, public_key) for each in checkpoints):
        sys.stdout.write("断裂：检查点不是真的 broken: unsigned\n")
        return BROKEN
    roots = {each.size: bytes.fromhex(each.root) for each in checkpoints}
    found = verify_chain(_read(given.trail), roots)
    if isinstance(found, Break):
        sys.stdout.write(f"断于第 {found.seq} 条 broken at entry {found.seq}: {found.code}\n")
        return BROKEN
    sys.stdout.write(
        f"完好 holds: {found.size} 条 entries, {found.checkpoints} 个签名检查点 signed checkpoints, {found.head}\n"
    )
    return 0


def _read(path: Path) -> Iterator[tuple[Link, bytes]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            columns = json.loads(line)
            yield Link(**{name: columns[name] for name in Link.__dataclass_fields__}), bytes.fromhex(columns["hash"])


if __name__ == "__main__":
    sys.exit(main())
