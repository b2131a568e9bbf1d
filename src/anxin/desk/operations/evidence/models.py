"""Pieces of evidence, their custody, and the stored contents they stand on. Rows of custody are only ever added."""

from __future__ import annotations

from django.db import models

from anxin.desk.foundation.edge.ids import ID_LENGTH


class StoredContent(models.Model):
    """One content of an organisation, kept once in a sealed file. `sha256` is of the content as it came.

    `token` is the keyed hash the file is named by, `key_id` of the key it is sealed under. `state` is what the last
    look at the file found. `is_shown`: a blurred and a clear preview lie beside it.
    """

    class State(models.TextChoices):
        """How the file stands."""

        WHOLE = "whole"
        CHANGED = "changed"
        MISSING = "missing"
        ERASED = "erased"

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    token = models.CharField(max_length=32)
    key_id = models.CharField(max_length=16)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WHOLE)
    is_shown = models.BooleanField(default=False)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    stored_at = models.DateTimeField()
    checked_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("organisation_id", "token"),
                condition=models.Q(erased_at__isnull=True),
                name="content_is_kept_once",
            ),
        )
        indexes = (models.Index(fields=("checked_at",), name="content_by_checked"),)


class Evidence(models.Model):
    """One piece of an incident. `media_type` is what its content is, `claimed_type` what was said; `marks` codes.

    `derivative_of` is the piece a redacted copy was made of, "" for originals. `custody_seq` and `custody_hash` are the
    end of its custody chain. `version` counts what changes about the row itself.
    """

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    incident_id = models.CharField(max_length=ID_LENGTH)
    content_id = models.CharField(max_length=ID_LENGTH)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=80)
    claimed_type = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=12)
    how = models.CharField(max_length=12)
    source = models.CharField(max_length=12)
    marks = models.CharField(max_length=200, blank=True)
    name_sealed = models.BinaryField(null=True)
    note_sealed = models.BinaryField(null=True)
    collected_by = models.CharField(max_length=ID_LENGTH, blank=True)
    collected_label = models.CharField(max_length=64)
    collected_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    derivative_of = models.CharField(max_length=ID_LENGTH, blank=True)
    covered = models.PositiveIntegerField(default=0)
    retention = models.CharField(max_length=12)
    held_at = models.DateTimeField(null=True)
    held_by = models.CharField(max_length=ID_LENGTH, blank=True)
    erased_at = models.DateTimeField(null=True)
    custody_seq = models.PositiveIntegerField(default=0)
    custody_hash = models.BinaryField(max_length=32)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("incident_id", "sha256", "derivative_of"),
                condition=models.Q(erased_at__isnull=True),
                name="content_once_an_incident",
            ),
        )
        indexes = (
            models.Index(fields=("organisation_id", "incident_id", "id"), name="evidence_by_incident"),
            models.Index(fields=("content_id",), name="evidence_by_content"),
            models.Index(fields=("retention", "collected_at"), name="evidence_by_retention"),
        )


class CustodyEvent(models.Model):
    """One thing that was done with a piece; `hash` covers every other column and the hash before.

    `hash_before` and `hash_after` are SHA-256 of the content; they differ only when it was found changed or erased.
    """

    organisation_id = models.CharField(max_length=ID_LENGTH)
    evidence_id = models.CharField(max_length=ID_LENGTH)
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    act = models.CharField(max_length=12)
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=ID_LENGTH, blank=True)
    actor_label = models.CharField(max_length=64)
    hash_before = models.CharField(max_length=64, blank=True)
    hash_after = models.CharField(max_length=64, blank=True)
    details = models.TextField()
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("evidence_id", "seq"), name="custody_seq_is_unique"),)


class EvidencePack(models.Model):
    """A pack that was made: its bytes lie in the store. `recipient_sealed` is who gets it, as it was typed."""

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    incident_id = models.CharField(max_length=ID_LENGTH)
    content_id = models.CharField(max_length=ID_LENGTH)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    pieces = models.PositiveIntegerField()
    with_originals = models.BooleanField()
    purpose = models.CharField(max_length=32)
    recipient_sealed = models.BinaryField(null=True)
    made_by = models.CharField(max_length=ID_LENGTH, blank=True)
    made_label = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("organisation_id", "incident_id", "-made_at"), name="pack_by_incident"),)


class PackPermit(models.Model):
    """A second person's yes to one pack with originals by one person, for one incident, until `until`."""

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    incident_id = models.CharField(max_length=ID_LENGTH)
    person_id = models.CharField(max_length=ID_LENGTH)
    until = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
