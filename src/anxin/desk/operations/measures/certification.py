"""Whether somebody holds the certificate that a measure asks for; the lab that grants certificates names its own."""

from __future__ import annotations

from datetime import datetime

from anxin.desk.foundation.edge.actor import Actor


def everybody(by: Actor, kind: str, at: datetime) -> bool:
    """Return True: as long as an installation has no simulation lab, rights alone decide."""
    del by, kind, at
    return True
