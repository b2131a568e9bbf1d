"""Labels on their way to the gateway, and the desk's own key for them."""

from __future__ import annotations

from django.db import models

from anxin.desk.foundation.edge.ids import ID_LENGTH

KEY_LENGTH = 200


class GivenLabel(models.Model):
    """One label, about a decided event (`event_id`, `decision_seq`) or an entity. `cause_id` is what it follows from.

    It is posted with the same words and the same `at` until the gateway answered: there, the same label is one event.
    """

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting"
        TAKEN = "taken"
        REFUSED = "refused"

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    cause_kind = models.CharField(max_length=16)
    cause_id = models.CharField(max_length=ID_LENGTH)
    event_id = models.TextField(blank=True)
    decision_seq = models.BigIntegerField(null=True)
    entity_kind = models.CharField(max_length=64, blank=True)
    entity_key = models.CharField(max_length=KEY_LENGTH, blank=True)
    label = models.CharField(max_length=32)
    is_fraud = models.BooleanField()
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    answer = models.CharField(max_length=64, blank=True)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("organisation_id", "cause_id", "label", "at", "event_id", "entity_kind", "entity_key"),
                name="label_is_given_once",
            ),
        )
        indexes = (
            models.Index(fields=("state", "next_at"), name="label_by_turn"),
            models.Index(fields=("organisation_id", "-id"), name="label_by_age"),
        )


class LabelKey(models.Model):
    """The desk's own key of the gateway, for labels and nothing else; sealed, renewed before it ends."""

    organisation_id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    key_id = models.CharField(max_length=12)
    secret_sealed = models.BinaryField()
    drawn_at = models.DateTimeField()
    expires_at = models.DateTimeField()
