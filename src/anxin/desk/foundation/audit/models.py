"""The trail: one hash chain per organisation. No foreign keys: entries outlive what they are about."""

from __future__ import annotations

from django.db import models

from anxin.desk.foundation.edge.ids import ID_LENGTH


class AuditHead(models.Model):
    """The end of an organisation's chain, locked by every write: the first lock that an action takes."""

    organisation_id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    seq = models.BigIntegerField(default=0)
    hash = models.BinaryField(max_length=32)
    fact_seq = models.BigIntegerField(default=0)


class AuditEntry(models.Model):
    """One act. `hash` covers every other column and the hash before (see `chain.py`).

    `reason_sealed` and `details` hold no personal value in clear: reasons are sealed, details are tokens and digests.
    """

    organisation_id = models.CharField(max_length=ID_LENGTH)
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=ID_LENGTH)
    actor_label = models.CharField(max_length=64)
    act = models.CharField(max_length=64)
    object_kind = models.CharField(max_length=32)
    object_id = models.CharField(max_length=128)
    site_id = models.CharField(max_length=ID_LENGTH, blank=True)
    details = models.TextField()
    reason_sealed = models.BinaryField(null=True)
    request_id = models.CharField(max_length=64, blank=True)
    session_id = models.CharField(max_length=64, blank=True)
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("organisation_id", "seq"), name="audit_seq_is_unique"),)
        indexes = (
            models.Index(fields=("organisation_id", "object_kind", "object_id", "-seq"), name="audit_by_object"),
            models.Index(fields=("organisation_id", "actor_id", "-seq"), name="audit_by_actor"),
            models.Index(fields=("organisation_id", "act", "-seq"), name="audit_by_act"),
        )
