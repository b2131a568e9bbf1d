"""Open files: how many this process may have, and how many connections that leaves room for."""

from __future__ import annotations

import contextlib
import resource

# For logs, snapshots, the control stream, children, and connections that are being sent away.
RESERVED = 256


def connections_that_fit(wanted: int) -> int:
    """Raise the limit of open files as far as `wanted` connections need; return how many of them fit (≥ 1)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + RESERVED
    if soft != resource.RLIM_INFINITY and soft < needed:
        raised = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        # Some systems have a lower limit than the one they tell.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (raised, hard))
            soft = raised
    if soft == resource.RLIM_INFINITY:
        return wanted
    return min(wanted, max(1, soft // 2, soft - RESERVED))
