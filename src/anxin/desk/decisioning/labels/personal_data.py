"""Personal data in labels: none; the key of the gateway is sealed all the same."""

from __future__ import annotations

from anxin.desk.foundation.permissions.personal import PersonalColumn

COLUMNS = (PersonalColumn("labels.LabelKey", "secret_sealed", "text", "label.key:{organisation_id}"),)
