"""Facts: what happened, in the order in which it was committed."""

from __future__ import annotations

from django.db import models

from anxin.desk.foundation.edge.ids import ID_LENGTH


class Fact(models.Model):
    """One fact; `seq` is gapless per organisation and rises in commit order, so that a cursor misses nothing.

    `topic` says which screens care. `payload` is thin JSON: ids, codes and counts, no personal value.
    """

    organisation_id = models.CharField(max_length=ID_LENGTH)
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=64)
    topic = models.CharField(max_length=64)
    object_id = models.CharField(max_length=128)
    payload = models.TextField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("organisation_id", "seq"), name="fact_seq_is_unique"),)


class LaidAside(models.Model):
    """A fact that one reader could not react to; it is tried again by itself, and the others are not kept waiting.

    `kind` is the fact's, "decision" for a decision. `fault` is the kind of what it failed with last, without its
    sentence; "" waits behind an earlier one about the same object.
    """

    reader = models.CharField(max_length=32)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    seq = models.BigIntegerField()
    object_id = models.CharField(max_length=128, blank=True)
    kind = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    again_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    fault = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("reader", "organisation_id", "seq"), name="fact_is_laid_aside_once"),
        )


class Place(models.Model):
    """How far one reader has come in an organisation's facts: the last number it is done with."""

    reader = models.CharField(max_length=32)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    seq = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("reader", "organisation_id"), name="reader_has_one_place"),)
