"""Run every speed benchmark, one after the other so that none disturbs another."""

from __future__ import annotations

import os
import subprocess
import sys
import time

MODULES = ("windows", "rules", "rule_engines", "scoring", "log", "history", "stores", "gateway", "restart")


def main() -> int:
    """Run them; return how many failed."""
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    failed = []
    for name in MODULES:
        started = time.monotonic()
        print(f"\n── {name} " + "─" * (70 - len(name)), flush=True)
        result = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", f"benchmarks.{name}"], env=environment, check=False
        )
        print(f"   ({time.monotonic() - started:.0f} s)", flush=True)
        if result.returncode:
            failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
