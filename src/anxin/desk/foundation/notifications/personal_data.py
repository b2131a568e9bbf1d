"""Personal data in notifications: the addresses people are reached at. Old pages are let go."""

from __future__ import annotations

from anxin.desk.foundation.permissions.personal import PersonalColumn, Retention

COLUMNS = (PersonalColumn("notifications.Channel", "address_sealed", "text", "channel.address:{id}"),)
RETENTIONS = (Retention("notifications.Page", "facts", "queued_at"),)
