"""Where facts are delivered, and how each delivery went."""

from __future__ import annotations

from django.db import models

from anxin.desk.foundation.edge.ids import ID_LENGTH


class Endpoint(models.Model):
    """An address that facts are posted to.

    `url_sealed` and the secrets are sealed: addresses carry tokens. `kinds` are prefixes parted by blanks, "" for all.
    `cursor` is the last fact for which deliveries were made. `failing_since` None: the last attempt was accepted.
    """

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH, db_index=True)
    name = models.CharField(max_length=80)
    url_sealed = models.BinaryField()
    secret_sealed = models.BinaryField()
    old_secret_sealed = models.BinaryField(null=True)
    old_secret_until = models.DateTimeField(null=True)
    kinds = models.TextField(blank=True)
    cursor = models.BigIntegerField()
    created_at = models.DateTimeField()
    failing_since = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)
    disabled_why = models.CharField(max_length=32, blank=True)
    version = models.PositiveIntegerField(default=1)


class Delivery(models.Model):
    """One fact on its way to one endpoint; `id` is the message's id and stays through all attempts.

    `outcome` is the code of the last attempt.
    """

    class State(models.TextChoices):
        """Whether it is still to be sent."""

        WAITING = "waiting"
        DELIVERED = "delivered"
        GIVEN_UP = "given_up"

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    fact_seq = models.BigIntegerField()
    kind = models.CharField(max_length=64)
    body = models.TextField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    created_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, blank=True)
    status = models.PositiveSmallIntegerField(null=True)
    took_ms = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("endpoint", "fact_seq"), name="a_fact_is_delivered_once"),)
        indexes = (
            models.Index(fields=("state", "next_at"), name="delivery_due"),
            models.Index(fields=("organisation_id", "-created_at"), name="delivery_latest"),
        )
