"""Erasures, exports and legal holds: the facts that remain."""

from __future__ import annotations

from django.db import models

from anxin.desk.foundation.edge.ids import ID_LENGTH


class Erasure(models.Model):
    """Somebody was erased: `subject` is the token, `approved_by` the second person. Only this remains."""

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH, db_index=True)
    subject = models.CharField(max_length=96)
    requested_by = models.CharField(max_length=ID_LENGTH)
    approved_by = models.CharField(max_length=ID_LENGTH)
    erased_at = models.DateTimeField()
    had_key = models.BooleanField()


class LegalHold(models.Model):
    """What must not be deleted or erased, whatever retention says, until it is released."""

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    subject = models.CharField(max_length=96)
    placed_by = models.CharField(max_length=ID_LENGTH)
    placed_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("organisation_id", "subject"),
                condition=models.Q(released_at__isnull=True),
                name="one_hold_per_subject",
            ),
        )


class RevealPermit(models.Model):
    """A second person's yes to one reveal by one person: it serves once, for an hour."""

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    person_id = models.CharField(max_length=ID_LENGTH)
    object_kind = models.CharField(max_length=32)
    object_id = models.CharField(max_length=128)
    kind = models.CharField(max_length=32)
    until = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
