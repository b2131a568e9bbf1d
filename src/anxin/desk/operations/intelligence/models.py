"""Proposed changes of the library, and how each signature does."""

from __future__ import annotations

from django.db import models

from anxin.desk.foundation.edge.ids import ID_LENGTH


class ProposalState(models.TextChoices):
    """Where a proposal stands; `WAITING` until its approval is decided."""

    WAITING = "waiting"
    PUBLISHED = "published"


class SignatureProposal(models.Model):
    """One order that waits for its second person, sealed: links may hold personal data.

    `added`, `dropped` and `kept` count values, as they were when it was proposed; `control_seq` is its place in the
    control stream once published.
    """

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    set_name = models.CharField(max_length=64)
    set_version = models.CharField(max_length=64)
    order_sealed = models.BinaryField()
    added = models.PositiveIntegerField()
    dropped = models.PositiveIntegerField()
    kept = models.PositiveIntegerField()
    proposed_by = models.CharField(max_length=64)
    proposed_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.WAITING)
    control_seq = models.BigIntegerField(null=True)

    class Meta:
        indexes = (models.Index(fields=("organisation_id", "-id"), name="newest_proposals"),)


class SignatureTally(models.Model):
    """How one signature did in the desk's own checks; the row without a name counts the checks themselves."""

    organisation_id = models.CharField(max_length=ID_LENGTH)
    signature = models.CharField(max_length=64, blank=True)
    hits = models.PositiveIntegerField(default=0)
    false_positives = models.PositiveIntegerField(default=0)
    missed = models.PositiveIntegerField(default=0)
    confirmed = models.PositiveIntegerField(default=0)
    last_hit_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("organisation_id", "signature"), name="one_tally_a_signature"),)
