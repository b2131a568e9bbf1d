"""What people asked to put on a list or to take off, and what became of it; the entries themselves are projected."""

from __future__ import annotations

from django.db import models

from anxin.desk.foundation.edge.ids import ID_LENGTH


class ChangeState(models.TextChoices):
    """How a change stands."""

    WAITING = "waiting"
    ORDERED = "ordered"
    DECLINED = "declined"
    UNDONE = "undone"


class ListChange(models.Model):
    """One act on one list, of one entry or of many: `act` put or remove, decided and undone as a whole.

    `first_seq` and `last_seq` are its numbers in the control stream once a second person said yes.
    """

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    list_name = models.CharField(max_length=64)
    act = models.CharField(max_length=8)
    state = models.CharField(max_length=10, choices=ChangeState.choices)
    count = models.PositiveIntegerField()
    note_sealed = models.BinaryField(null=True)
    requested_by = models.CharField(max_length=ID_LENGTH)
    requested_label = models.CharField(max_length=64)
    requested_at = models.DateTimeField()
    approval_id = models.CharField(max_length=ID_LENGTH, blank=True)
    ordered_at = models.DateTimeField(null=True)
    ordered_label = models.CharField(max_length=64, blank=True)
    first_seq = models.BigIntegerField(null=True)
    last_seq = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_label = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("organisation_id", "list_name", "-id"), name="change_by_list"),
            models.Index(fields=("organisation_id", "state", "-id"), name="change_by_state"),
        )


class ListChangeItem(models.Model):
    """One entry of a change. `key` is the gateway's own value: a keyed token where it is personal, never in clear.

    `days` count from the yes. `before_seq` is the place in the log of the order that stood before, None without one.
    """

    change = models.ForeignKey(ListChange, on_delete=models.PROTECT, related_name="items")
    place = models.PositiveIntegerField()
    key = models.CharField(max_length=512)
    entry_kind = models.CharField(max_length=8)
    reason = models.CharField(max_length=32, blank=True)
    days = models.PositiveIntegerField(default=0)
    control_seq = models.BigIntegerField(null=True)
    before_seq = models.BigIntegerField(null=True)
    is_kept = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("change", "place"), name="place_of_change_is_unique"),)
