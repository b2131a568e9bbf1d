"""Addresses and secrets of endpoints: no personal data, but sealed all the same. Old deliveries are let go."""

from __future__ import annotations

from anxin.desk.foundation.permissions.personal import PersonalColumn, Retention

COLUMNS = (
    PersonalColumn("webhooks.Endpoint", "url_sealed", "text", "webhook.url:{id}"),
    PersonalColumn("webhooks.Endpoint", "secret_sealed", "text", "webhook.secret:{id}"),
    PersonalColumn("webhooks.Endpoint", "old_secret_sealed", "text", "webhook.secret:{id}"),
)
RETENTIONS = (Retention("webhooks.Delivery", "facts", "created_at"),)
