"""Marks: that there is something newer, where a fact for each change would be too much."""

from __future__ import annotations

from django.db import models

from anxin.desk.foundation.edge.ids import ID_LENGTH


class LiveMark(models.Model):
    """How far a topic of an organisation is; whoever sees another number than before looks again."""

    organisation_id = models.CharField(max_length=ID_LENGTH)
    topic = models.CharField(max_length=64)
    place = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("organisation_id", "topic"), name="one_mark_per_topic"),)
