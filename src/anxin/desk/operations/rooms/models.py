"""Rooms and who sits in them; what is said and decided there stands in the incident's own timeline."""

from __future__ import annotations

from django.db import models

from anxin.desk.foundation.edge.ids import ID_LENGTH


class Room(models.Model):
    """The war room of one incident, opened by whoever came first; `closed_at` None while it is in use."""

    incident_id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=ID_LENGTH)
    closed_at = models.DateTimeField(null=True)


class Seat(models.Model):
    """Somebody in a room. `role` scribe, comms or technical, "" without one; until `is_accepted` it is asked for."""

    organisation_id = models.CharField(max_length=ID_LENGTH)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="seats")
    person_id = models.CharField(max_length=ID_LENGTH)
    label = models.CharField(max_length=64)
    role = models.CharField(max_length=12, blank=True)
    is_accepted = models.BooleanField(default=False)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("room", "person_id"), name="seat_is_one_a_person"),
            models.UniqueConstraint(
                fields=("room", "role"),
                condition=models.Q(left_at__isnull=True) & ~models.Q(role=""),
                name="one_person_a_role",
            ),
        )
