"""Service accounts, and the secrets they call with: only hashes are kept."""

from __future__ import annotations

from django.db import models

from anxin.desk.foundation.edge.ids import ID_LENGTH
from anxin.desk.foundation.organisations.models import Organisation


class ServiceAccount(models.Model):
    """A program of the organisation's that calls the gateway or the desk; it never signs in to the pages."""

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=32)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "name"),
                condition=models.Q(closed_at__isnull=True),
                name="service_account_is_unique",
            ),
        )


class Secret(models.Model):
    """What every secret has: whose it is, its hash, its limits and its end.

    `scopes` and `networks` (CIDR, none: from anywhere) are comma-separated.
    """

    account = models.ForeignKey(ServiceAccount, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    secret_hash = models.CharField(max_length=64)
    scopes = models.CharField(max_length=200)
    networks = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=ID_LENGTH)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class GatewayKey(Secret):
    """A key of the gateway; `rate` is calls a second (0: no limit), `burst` how many at once."""

    id = models.CharField(max_length=12, primary_key=True)
    rate = models.PositiveIntegerField(default=0)
    burst = models.PositiveIntegerField(default=100)
    replaced_by = models.CharField(max_length=12, blank=True)


class DeskToken(Secret):
    """A token of the desk's API; `used_on` is the last day it was used."""

    id = models.CharField(max_length=16, primary_key=True)
    used_on = models.DateField(null=True)
