"""What was checked, without what was pasted, and what people said of the answers."""

from __future__ import annotations

from django.db import models

from anxin.desk.foundation.edge.ids import ID_LENGTH


class CheckRun(models.Model):
    """One check: its kind and verdict, the keyed digest of what was pasted, and the signatures met (space between)."""

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    person_id = models.CharField(max_length=ID_LENGTH, blank=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=16)
    verdict = models.CharField(max_length=16)
    score = models.FloatField()
    digest = models.CharField(max_length=32)
    signatures = models.TextField(blank=True)

    class Meta:
        indexes = (models.Index(fields=("organisation_id", "-id"), name="newest_checks"),)


class CheckCorrection(models.Model):
    """Somebody says that an answer was wrong, of one signature or ("") of the answer as a whole."""

    check_run = models.ForeignKey(CheckRun, on_delete=models.CASCADE)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    signature = models.CharField(max_length=64, blank=True)
    word = models.CharField(max_length=16)
    person_id = models.CharField(max_length=ID_LENGTH, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("check_run", "signature", "word"), name="one_correction_a_check"),
        )
