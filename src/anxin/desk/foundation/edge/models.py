"""The worker's pulse, which the health page reads."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """When a duty of the worker last ran, how long it took (ms), how much it did; `failure` "" when it did not fail."""

    duty = models.CharField(max_length=64, primary_key=True)
    ran_at = models.DateTimeField()
    took_ms = models.IntegerField()
    did = models.IntegerField()
    failure = models.CharField(max_length=120, blank=True)
