"""The writing child of the crash test: acknowledges into a pipe what is durable, until it is killed."""

from __future__ import annotations

import os
from multiprocessing.connection import Connection
from pathlib import Path

from anxin.engine.log.tests.logs import open_writer, payload


def write(folder: Path, acknowledged: Connection) -> None:
    writer = open_writer(folder, capacity=16 * 1024, at=1)
    batch = 0
    while True:
        batch += 1
        for _ in range(1 + batch % 9):
            seq = writer.last_seq + 1
            writer.append(1 + seq % 3, payload(seq), seq)
        os.write(acknowledged.fileno(), f"{writer.commit()}\n".encode())
