"""What somebody planned: layers that repeat each week, and overrides that stand before them."""

from __future__ import annotations

from django.db import models

from anxin.desk.foundation.edge.ids import ID_LENGTH


class Layer(models.Model):
    """One person on call for a role, on some weekdays from one time of day until another; until ≤ from: the next day.

    Times are wall-clock in `zone`, so that a shift begins at the same time of day in summer and winter. `weekdays` are
    digits, 0 is Monday. `site_id` "" is the whole organisation. `ends_on` is the last day on which a shift begins,
    None: it goes on. `priority`: of two layers that overlap the higher stands alone; equal ones are on call together.
    """

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    site_id = models.CharField(max_length=ID_LENGTH, blank=True)
    role = models.CharField(max_length=16)
    person_id = models.CharField(max_length=ID_LENGTH)
    zone = models.CharField(max_length=64)
    weekdays = models.CharField(max_length=7)
    from_time = models.TimeField()
    until_time = models.TimeField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    priority = models.PositiveSmallIntegerField(default=0)
    planned_by = models.CharField(max_length=ID_LENGTH)
    planned_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("organisation_id", "ended_at", "role"), name="layer_by_role"),)


class Override(models.Model):
    """Somebody stands in for a role from one instant until another, whatever the layers say; the newest counts.

    `how` is planned or taken: taken over by whoever was there.
    """

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    site_id = models.CharField(max_length=ID_LENGTH, blank=True)
    role = models.CharField(max_length=16)
    person_id = models.CharField(max_length=ID_LENGTH)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    how = models.CharField(max_length=8)
    planned_by = models.CharField(max_length=ID_LENGTH)
    planned_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(from_at__lt=models.F("until_at")), name="override_ends_after_it_begins"
            ),
        )
        indexes = (models.Index(fields=("organisation_id", "ended_at", "until_at"), name="override_by_end"),)
