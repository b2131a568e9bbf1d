"""Replies: written by staff, sent by the desk, delivered by the platform."""

from __future__ import annotations

from django.db import models

from anxin.desk.foundation.edge.ids import ID_LENGTH


class Reply(models.Model):
    """One message to one party (`party_id` "": to everybody affected).

    `purpose` is reply or care. `send_key` is the sender's own word for this sending: told twice, it is sent once.
    `accepted` are the findings of the check that the sender saw and did not follow. `failure` is the platform's code.
    """

    class State(models.TextChoices):
        """How far it came."""

        SENT = "sent"
        DELIVERED = "delivered"
        FAILED = "failed"

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    incident_id = models.CharField(max_length=ID_LENGTH)
    party_id = models.CharField(max_length=ID_LENGTH, blank=True)
    channel = models.CharField(max_length=12)
    purpose = models.CharField(max_length=8)
    text_sealed = models.BinaryField()
    recipients = models.PositiveIntegerField()
    is_informing = models.BooleanField(default=False)
    accepted = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10)
    send_key = models.CharField(max_length=64)
    sent_by = models.CharField(max_length=ID_LENGTH)
    sent_label = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=32, blank=True)
    receipt = models.CharField(max_length=128, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("incident_id", "sent_by", "send_key"), name="reply_is_sent_once"),
        )
        indexes = (
            models.Index(fields=("organisation_id", "state", "sent_at"), name="reply_by_state"),
            models.Index(fields=("incident_id", "sent_at"), name="reply_by_incident"),
        )


class ReplyAttachment(models.Model):
    """A piece of evidence that goes out with a reply: its content stays where evidence lies, `sha256` tells it."""

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    reply = models.ForeignKey(Reply, on_delete=models.PROTECT, related_name="attachments")
    evidence_id = models.CharField(max_length=ID_LENGTH)
    place = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=64)
    media_type = models.CharField(max_length=80)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    is_redacted = models.BooleanField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("reply", "place"), name="attachment_by_place"),)
