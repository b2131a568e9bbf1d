"""The one table of acts that may wait for a second person."""

from __future__ import annotations

from collections.abc import Mapping

from anxin.desk.foundation.approvals.acts import Act

ACTS: Mapping[str, Act] = {}
