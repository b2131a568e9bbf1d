"""Measures: what was ordered about whom, by whom, until when, and how it went; several at once are a batch."""

from __future__ import annotations

from django.db import models

from anxin.desk.foundation.edge.ids import ID_LENGTH


class ActionRequest(models.Model):
    """One protective measure about one entity.

    `entity_key` is the gateway's own key, never a personal value in clear. It is *sent* once committed, *accepted* when
    the gateway obeyed, *effective* when the platform said so (`receipt`). `expires_at` always stands: no freeze without
    an end.
    """

    class State(models.TextChoices):
        """How it stands."""

        WAITING = "waiting"
        SENT = "sent"
        ACCEPTED = "accepted"
        EFFECTIVE = "effective"
        FAILED = "failed"
        REVERTED = "reverted"
        EXPIRED = "expired"
        DECLINED = "declined"

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    kind = models.CharField(max_length=32)
    entity_kind = models.CharField(max_length=32)
    entity_key = models.CharField(max_length=200)
    reason = models.CharField(max_length=32)
    note_sealed = models.BinaryField(null=True)
    amount_minor = models.BigIntegerField(null=True)
    incident_id = models.CharField(max_length=ID_LENGTH, blank=True)
    state = models.CharField(max_length=10, choices=State.choices)
    requested_by = models.CharField(max_length=ID_LENGTH)
    requested_label = models.CharField(max_length=64)
    requested_at = models.DateTimeField()
    approval_id = models.CharField(max_length=ID_LENGTH, blank=True)
    control_seq = models.BigIntegerField(null=True)
    accepted_at = models.DateTimeField(null=True)
    effective_at = models.DateTimeField(null=True)
    receipt = models.CharField(max_length=128, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=ID_LENGTH, blank=True)
    expires_at = models.DateTimeField()
    is_extended = models.BooleanField(default=False)
    reviewed_by = models.CharField(max_length=ID_LENGTH, blank=True)
    reviewed_at = models.DateTimeField(null=True)
    finding = models.CharField(max_length=16, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("organisation_id", "kind", "entity_kind", "entity_key"),
                condition=models.Q(ended_at__isnull=True),
                name="one_standing_measure_of_a_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(reviewed_by="") | ~models.Q(reviewed_by=models.F("requested_by")),
                name="nobody_reviews_their_own_measure",
            ),
        )
        indexes = (
            models.Index(fields=("organisation_id", "entity_kind", "entity_key", "-id"), name="measure_by_entity"),
            models.Index(fields=("state", "expires_at"), name="measure_by_expiry"),
        )


class Batch(models.Model):
    """One measure about many, ordered item by item; it can be taken back as a whole.

    `waiting` for a second person when it concerns more than a role may touch alone, `under_way` while items are left,
    then `done`; `undone`, or `declined`. `hours` None: as long as the kind lasts, or as the role may.
    """

    class State(models.TextChoices):
        """How it stands."""

        WAITING = "waiting"
        UNDER_WAY = "under_way"
        DONE = "done"
        UNDONE = "undone"
        DECLINED = "declined"

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    incident_id = models.CharField(max_length=ID_LENGTH, blank=True)
    kind = models.CharField(max_length=32)
    reason = models.CharField(max_length=32)
    hours = models.FloatField(null=True)
    state = models.CharField(max_length=10, choices=State.choices)
    requested_by = models.CharField(max_length=ID_LENGTH)
    requested_label = models.CharField(max_length=64)
    requested_at = models.DateTimeField()
    approval_id = models.CharField(max_length=ID_LENGTH, blank=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("organisation_id", "incident_id", "-id"), name="batch_by_incident"),
            models.Index(
                fields=("id",), condition=models.Q(state__in=("waiting", "under_way")), name="batch_under_way"
            ),
        )


class BatchItem(models.Model):
    """One of many: `outcome` open, ordered, refused (`refusal` is its code) or undone; `measure_id` once ordered."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="items")
    place = models.PositiveIntegerField()
    entity_kind = models.CharField(max_length=32)
    entity_key = models.CharField(max_length=200)
    outcome = models.CharField(max_length=10)
    refusal = models.CharField(max_length=64, blank=True)
    measure_id = models.CharField(max_length=ID_LENGTH, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("batch", "place"), name="batch_place_is_unique"),)


class AskingAccount(models.Model):
    """An account of the platform that fetches what it has to do, as one behind a firewall must; `asked_at` is the last.

    Such a platform is waited for when an incident is verified, until its account is closed.
    """

    account_id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH, db_index=True)
    asked_at = models.DateTimeField()


class StateQuestion(models.Model):
    """The platform was asked whether a measure stands there; `answer` standing, ended, or "" while none came."""

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    measure_id = models.CharField(max_length=ID_LENGTH)
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=8, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=64, blank=True)
    receipt = models.CharField(max_length=128, blank=True)

    class Meta:
        indexes = (models.Index(fields=("measure_id", "asked_at"), name="question_by_measure"),)
