"""Run the command line with `python -m anxin.cli`."""

from __future__ import annotations

from anxin.cli.main import main

main()
