"""Wrapped keys; what they open lies in the tables of other packages."""

from __future__ import annotations

from django.db import models

from anxin.desk.foundation.edge.ids import ID_LENGTH


class DataKey(models.Model):
    """A data key of an organisation, wrapped by the key service.

    `purpose` "seal": AES-256-GCM of values, one current at a time (`retired_at` None), retired ones still open.
    `purpose` "index": keys the blind index, one for ever.
    """

    key_id = models.BinaryField(primary_key=True, max_length=8)
    organisation_id = models.CharField(max_length=ID_LENGTH, db_index=True)
    purpose = models.CharField(max_length=16)
    kek_id = models.CharField(max_length=64)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("organisation_id", "purpose"),
                condition=models.Q(retired_at__isnull=True),
                name="one_current_key_per_purpose",
            ),
        )


class SubjectKey(models.Model):
    """The key of everything sealed about one person; destroying it erases that person (crypto-shredding).

    `subject` is the entity's token, never a personal value. `wrapped` is AES-KW under the data
    key, empty once destroyed.
    """

    key_id = models.BinaryField(primary_key=True, max_length=8)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    subject = models.CharField(max_length=96)
    data_key_id = models.BinaryField(max_length=8)
    wrapped = models.BinaryField()
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("organisation_id", "subject"), name="one_key_per_subject"),)
