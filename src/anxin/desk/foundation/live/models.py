"""Marks: that there is something newer, where a fact for each change would be too much."""

from __future__ import annotations

from django.db import models

from anxin.desk.foundation.edge.ids import ID_LENGTH


class LiveMark(models.Model):
    """How far a topic of an organisation is; whoever sees another number than before looks again.

    With an `object_id` only whoever shows that object has to; such a row is let go after a while.
    """

    organisation_id = models.CharField(max_length=ID_LENGTH)
    topic = models.CharField(max_length=64)
    object_id = models.CharField(max_length=ID_LENGTH, blank=True)
    place = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("organisation_id", "topic", "object_id"), name="one_mark_per_topic"),
        )
