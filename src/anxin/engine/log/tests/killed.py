"""The writing child of the crash test: acknowledges on stdout what is durable, until it is killed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from anxin.engine.log.tests.logs import open_writer, payload


def main(folder: Path) -> None:
    writer = open_writer(folder, capacity=16 * 1024, at=1)
    batch = 0
    while True:
        batch += 1
        for _ in range(1 + batch % 9):
            seq = writer.last_seq + 1
            writer.append(1 + seq % 3, payload(seq), seq)
        os.write(1, f"{writer.commit()}\n".encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
