"""How far the verdicts of incidents were turned into labels."""

from __future__ import annotations

from django.db import models

from anxin.desk.foundation.edge.ids import ID_LENGTH


class VerdictCursor(models.Model):
    """The last fact of an organisation that was looked at."""

    organisation_id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    seq = models.BigIntegerField()
