"""Answers kept for those who ask again."""

from __future__ import annotations

from django.db import models

from anxin.desk.foundation.edge.ids import ID_LENGTH


class KeptAnswer(models.Model):
    """The answer to a POST with an Idempotency-Key; `status` None while it is still being worked on.

    `request_digest` is SHA-256 over method, path and content. `body_sealed` holds type and bytes of the answer: it
    may be the only place where a secret was shown.
    """

    organisation_id = models.CharField(max_length=ID_LENGTH)
    actor_id = models.CharField(max_length=64)
    key = models.CharField(max_length=128)
    request_digest = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True)
    body_sealed = models.BinaryField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("organisation_id", "actor_id", "key"), name="one_answer_per_key"),
        )
