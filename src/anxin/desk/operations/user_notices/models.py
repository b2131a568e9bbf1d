"""What the holder of an account was told, or why not."""

from __future__ import annotations

from django.db import models

from anxin.desk.foundation.edge.ids import ID_LENGTH


class UserNotice(models.Model):
    """One notice about one measure; `occasion` is placed or lifted. The words follow from measure, reason and version.

    *Withheld*: telling would tip a suspect off, `why` is the rule. *Sent*: handed to the platform's webhooks.
    *Delivered* and *failed* are what the platform says, `why` its code.
    """

    class State(models.TextChoices):
        """How it stands."""

        WITHHELD = "withheld"
        SENT = "sent"
        DELIVERED = "delivered"
        FAILED = "failed"

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    measure_id = models.CharField(max_length=ID_LENGTH)
    occasion = models.CharField(max_length=8)
    incident_id = models.CharField(max_length=ID_LENGTH, blank=True)
    measure = models.CharField(max_length=32)
    reason = models.CharField(max_length=32)
    text_version = models.CharField(max_length=16)
    state = models.CharField(max_length=10, choices=State.choices)
    why = models.CharField(max_length=32, blank=True)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("organisation_id", "measure_id", "occasion"), name="told_once_of_a_change"),
        )
        indexes = (models.Index(fields=("organisation_id", "incident_id", "-id"), name="user_notice_by_incident"),)
