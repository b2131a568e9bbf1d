"""Sessions, and names at which somebody guesses."""

from __future__ import annotations

from django.db import models

from anxin.desk.foundation.edge.ids import ID_LENGTH
from anxin.desk.foundation.organisations.models import Person


class Session(models.Model):
    """One browser's session, named by the hash of its cookie; what it carries is sealed with the desk's own secret.

    The columns from `ref` on are empty until somebody signs in. `device` says browser and system, never more; `network`
    is a token that tells whether two sessions came from the same address. A session that ended stays until it expires,
    so that its browser can be told why.
    """

    key_hash = models.CharField(max_length=40, primary_key=True)
    data = models.TextField(blank=True)
    expires_at = models.DateTimeField(db_index=True)
    ref = models.CharField(max_length=ID_LENGTH, blank=True)
    organisation_id = models.CharField(max_length=ID_LENGTH, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    device = models.CharField(max_length=40, blank=True)
    network = models.CharField(max_length=32, blank=True)
    is_strong = models.BooleanField(default=False)
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("person",), condition=models.Q(ended_at__isnull=True), name="one_active_session_per_person"
            ),
        )
        indexes = (models.Index(fields=("organisation_id", "-started_at"), name="session_newest"),)


class Tries(models.Model):
    """Failed tries at a sign-in name or a second factor; `token` hides which, and unknown names have rows too."""

    token = models.CharField(max_length=64, primary_key=True)
    failed = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()


class Reenrolment(models.Model):
    """A way back for one person who lost every second factor, or (`about` password) forgot the password.

    It is opened by one colleague and agreed to by another; `is_alone`: the first was enough, as a second factor stands
    guard. Its link holds a secret of which only the hash is kept; it works once, from `approved_at` until `expires_at`.
    While one about factors is approved and not used, a password alone lets nobody in, also after the link's time.
    `ended_at`: declined, let expire, or followed by a later one.
    """

    class About(models.TextChoices):
        """What was lost."""

        FACTORS = "factors"
        PASSWORD = "password"  # noqa: S105 it names what was lost

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    about = models.CharField(max_length=8, choices=About.choices, default=About.FACTORS)
    is_alone = models.BooleanField(default=False)
    token_hash = models.CharField(max_length=64, unique=True)
    opened_by = models.CharField(max_length=ID_LENGTH)
    opened_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("person", "-opened_at"), name="reenrolment_newest"),)
