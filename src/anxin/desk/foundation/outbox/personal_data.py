"""Facts hold no personal data; they are kept for a while so that a cursor or a replay finds them."""

from __future__ import annotations

from anxin.desk.foundation.permissions.personal import Retention

RETENTIONS = (Retention("outbox.Fact", "facts", "at"),)
