"""The control stream's table, which the gateway reads."""

from __future__ import annotations

from django.db import models


class ControlOrder(models.Model):
    """One order to the gateway; columns as the gateway reads them. `organisation` is the slug, `at` ms UTC."""

    seq = models.BigIntegerField(primary_key=True)
    organisation = models.TextField()
    at = models.BigIntegerField()
    kind = models.TextField()
    body = models.TextField()

    class Meta:
        db_table = "control_stream"
