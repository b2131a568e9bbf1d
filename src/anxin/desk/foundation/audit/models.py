"""The trail: one hash chain per organisation. No foreign keys: entries outlive what they are about."""

from __future__ import annotations

from datetime import UTC

from django.db import models

from anxin.desk.foundation.audit.chain import Link
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
            models.Index(fields=("organisation_id", "at"), name="audit_by_time"),
        )

    def link(self) -> Link:
        """Return what the hash covers."""
        return Link(
            previous_hash=bytes(self.previous_hash).hex(),
            organisation_id=self.organisation_id,
            seq=self.seq,
            at=self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            actor_kind=self.actor_kind,
            actor_id=self.actor_id,
            actor_label=self.actor_label,
            act=self.act,
            object_kind=self.object_kind,
            object_id=self.object_id,
            site_id=self.site_id,
            details=self.details,
            reason=bytes(self.reason_sealed).hex() if self.reason_sealed is not None else None,
            request_id=self.request_id,
            session_id=self.session_id,
        )


class AuditCheckpoint(models.Model):
    """A signed Merkle root over the first `size` entries; its twin lies in a file outside the database.

    `peaks` is the frontier in hex, so that the next checkpoint hashes only what is new.
    """

    organisation_id = models.CharField(max_length=ID_LENGTH)
    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    peaks = models.TextField()
    at = models.DateTimeField()
    signature = models.BinaryField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("organisation_id", "size"), name="checkpoint_is_unique"),)


class InsiderAlert(models.Model):
    """A pattern of access that should be asked about; `rule` is RI01 … RI05, `measured` what was counted.

    It is a question, not a verdict: only auditors and the data-protection officer see it.
    """

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    rule = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=ID_LENGTH)
    actor_label = models.CharField(max_length=64)
    period = models.CharField(max_length=32)
    measured = models.IntegerField()
    expected = models.IntegerField()
    raised_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=ID_LENGTH, blank=True)
    finding = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("organisation_id", "rule", "actor_id", "period"), name="insider_alert_once_a_period"
            ),
        )
