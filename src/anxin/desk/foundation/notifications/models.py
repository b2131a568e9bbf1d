"""Where people are reached, what was sent to them and how it went, and the status line."""

from __future__ import annotations

from django.db import models

from anxin.desk.foundation.edge.ids import ID_LENGTH


class Channel(models.Model):
    """One way to reach a person, or (`person_id` "") the whole organisation, e.g. a team chat.

    `address_sealed` is sealed: it holds tokens, and may name somebody. `failing_since` None: the last one was taken.
    """

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    person_id = models.CharField(max_length=ID_LENGTH, blank=True)
    kind = models.CharField(max_length=16)
    name = models.CharField(max_length=80)
    address_sealed = models.BinaryField()
    created_by = models.CharField(max_length=ID_LENGTH)
    created_at = models.DateTimeField()
    tested_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, blank=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("organisation_id", "person_id", "closed_at"), name="channel_by_person"),)


class Contact(models.Model):
    """How often and when a person wants ordinary notices; the ladder knows neither.

    `quiet_from` and `quiet_until` are times of day in the person's zone, None: no quiet hours.
    """

    person_id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    per_hour = models.PositiveSmallIntegerField(default=20)


class Page(models.Model):
    """One call to one person over one channel; `channel_id` "" is the desk itself, `person_id` "" the organisation.

    `occasion` names why, once: the same occasion never calls the same person twice over the same channel. `arguments`
    is JSON of ids, codes and counts. `claimed_until`: a worker sends it. `outcome` is the code of the last attempt.
    *Delivered* means that the message was seen to arrive, *seen* that the person looked, *acked* that they took it.
    """

    class State(models.TextChoices):
        """How far it came."""

        QUEUED = "queued"
        SENT = "sent"
        DELIVERED = "delivered"
        SEEN = "seen"
        ACKED = "acked"
        FAILED = "failed"

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    occasion = models.CharField(max_length=120)
    code = models.CharField(max_length=32)
    person_id = models.CharField(max_length=ID_LENGTH, blank=True)
    channel_id = models.CharField(max_length=ID_LENGTH, blank=True)
    subject_kind = models.CharField(max_length=16)
    subject_id = models.CharField(max_length=ID_LENGTH)
    path = models.CharField(max_length=200)
    arguments = models.TextField()
    is_urgent = models.BooleanField()
    state = models.CharField(max_length=10, choices=State.choices)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, blank=True)
    status = models.PositiveSmallIntegerField(null=True)
    took_ms = models.PositiveIntegerField(null=True)
    provider_ref = models.CharField(max_length=64, blank=True)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    acked_at = models.DateTimeField(null=True)
    acked_how = models.CharField(max_length=8, blank=True)
    failed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("organisation_id", "occasion", "person_id", "channel_id"), name="called_once_for_an_occasion"
            ),
        )
        indexes = (
            models.Index(fields=("state", "next_at"), name="page_due"),
            models.Index(fields=("organisation_id", "person_id", "channel_id", "-id"), name="page_by_person"),
            models.Index(fields=("organisation_id", "subject_id", "-id"), name="page_by_subject"),
        )


class StatusLine(models.Model):
    """What a lead tells everybody at the desk; the last one that is neither over nor taken back is shown."""

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    text = models.CharField(max_length=200)
    tone = models.CharField(max_length=8)
    set_by = models.CharField(max_length=ID_LENGTH)
    set_label = models.CharField(max_length=64)
    set_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=ID_LENGTH, blank=True)

    class Meta:
        indexes = (models.Index(fields=("organisation_id", "ended_at", "until"), name="status_line_now"),)
