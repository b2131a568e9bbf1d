"""What somebody asked for, and what a second person said."""

from __future__ import annotations

from django.db import models

from anxin.desk.foundation.edge.ids import ID_LENGTH


class State(models.TextChoices):
    """Where an approval stands.

    `DUE`: done already by the only one on duty, the second look is still to come; without it in time it is `MISSED`.
    """

    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"
    EXPIRED = "expired"
    DUE = "due"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    MISSED = "missed"


OPEN_STATES = (State.PENDING, State.DUE)


class Approval(models.Model):
    """One act that needs two people.

    `act` names a line of the table of acts, `arguments` is JSON of ids, codes and counts for it. `requested_roles` are
    the requester's roles at that moment, comma-separated. `shift` is the requester's, empty when not known.
    `is_small_team`: two people of one role do.
    """

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    act = models.CharField(max_length=64)
    object_kind = models.CharField(max_length=32)
    object_id = models.CharField(max_length=128)
    arguments = models.TextField()
    reason_sealed = models.BinaryField(null=True)
    requested_by = models.CharField(max_length=ID_LENGTH)
    requested_label = models.CharField(max_length=64)
    requested_roles = models.CharField(max_length=200)
    shift = models.CharField(max_length=64, blank=True)
    is_small_team = models.BooleanField(default=False)
    requested_at = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    decided_by = models.CharField(max_length=ID_LENGTH, blank=True)
    decided_label = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("organisation_id", "act", "object_kind", "object_id"),
                condition=models.Q(state__in=("pending", "due")),
                name="asked_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(decided_by=models.F("requested_by")), name="requester_is_not_approver"
            ),
        )
        indexes = (models.Index(fields=("organisation_id", "state", "-id"), name="approval_by_state"),)
