"""Certificates: what somebody proved to be able to do, until when."""

from __future__ import annotations

from django.db import models

from anxin.desk.foundation.edge.ids import ID_LENGTH


class Certification(models.Model):
    """One certificate. `scopes` are words parted by blanks: `level:1`, `measure:freeze_account`.

    `source` says what it rests on: `person` when a training lead judged it, `drill` when the simulation lab did;
    `source_ref` names the passed drill.
    """

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    person_id = models.CharField(max_length=ID_LENGTH)
    scopes = models.CharField(max_length=400)
    source = models.CharField(max_length=8)
    source_ref = models.CharField(max_length=ID_LENGTH, blank=True)
    reason_sealed = models.BinaryField()
    granted_by = models.CharField(max_length=ID_LENGTH)
    granted_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=ID_LENGTH, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(granted_by=models.F("person_id")), name="nobody_certifies_themselves"
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("granted_at")), name="a_certificate_has_a_term"
            ),
        )
        indexes = (models.Index(fields=("organisation_id", "person_id", "expires_at"), name="certificate_by_person"),)
