"""Run programs beside the desk, one after another in a process that stays: each line names a module and arguments.

Loading the desk takes longer than most of what they do. One that fails ends the process with its traceback.
"""

from __future__ import annotations

import importlib
import json
import sys

import django

from anxin.desk.boot.loading import loading

DONE = b"done\n"


def main() -> None:
    with loading():
        django.setup()
    from django.db import connections

    for line in sys.stdin:
        module, *arguments = json.loads(line)
        with loading():
            program = importlib.import_module(module)
        program.main(*arguments)
        connections.close_all()
        sys.stdout.buffer.write(DONE)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
