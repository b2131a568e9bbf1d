"""Organisations, sites, departments, people, and the roles people hold."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from anxin.desk.foundation.edge.ids import ID_LENGTH


class Organisation(models.Model):
    """A platform that runs Anxin; two of them in one installation share nothing. `slug` is its name in the gateway."""

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    slug = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=120)
    is_small_team = models.BooleanField(default=False)
    time_zone = models.CharField(max_length=64, default="Asia/Shanghai")
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)


class Site(models.Model):
    """One platform × business line × region of an organisation; `*` stands for all of them."""

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="sites")
    platform = models.CharField(max_length=32)
    business_line = models.CharField(max_length=32)
    region = models.CharField(max_length=16)
    name = models.CharField(max_length=120)
    closed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "platform", "business_line", "region"), name="site_is_unique"
            ),
        )


class Department(models.Model):
    """A department; `code` is the preset's, or one of the organisation's own."""

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="departments")
    code = models.CharField(max_length=32)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    closed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("organisation", "code"), name="department_is_unique"),)


class Person(AbstractBaseUser):
    """Somebody who works at an organisation, and signs in under a name that is not their own.

    `name_sealed` and `email_sealed` are sealed; `email_index` finds an address without showing it.
    `contract_until`: when a vendor's contract ends (None: employed); `active_at`: when they were last here, to the day.
    `version` rises with each change.
    """

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="people")
    username = models.CharField(max_length=64, unique=True)
    name_sealed = models.BinaryField()
    email_sealed = models.BinaryField(null=True)
    email_index = models.CharField(max_length=32, blank=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, related_name="people")
    language = models.CharField(max_length=8, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    theme = models.CharField(max_length=8, default="auto")
    is_active = models.BooleanField(default=True)
    left_at = models.DateTimeField(null=True)
    contract_until = models.DateTimeField(null=True)
    active_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = BaseUserManager["Person"]()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        indexes = (models.Index(fields=("organisation", "email_index"), name="person_by_email"),)


class RoleGrant(models.Model):
    """A role that a person holds, at one site or (None) at all of them, until `until` (None: until revoked).

    `recertified_at`: when both a shift lead and the data-protection officer last said that it is still needed;
    `half_by`, `half_as` and `half_at` keep the first of the two until the other agrees.
    """

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="role_grants")
    role = models.CharField(max_length=32)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, related_name="+")
    granted_by = models.CharField(max_length=ID_LENGTH)
    granted_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_because = models.CharField(max_length=32, blank=True)
    recertified_by = models.CharField(max_length=ID_LENGTH, blank=True)
    recertified_at = models.DateTimeField(null=True)
    half_by = models.CharField(max_length=ID_LENGTH, blank=True)
    half_as = models.CharField(max_length=32, blank=True)
    half_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("person", "role", "site"),
                condition=models.Q(revoked_at__isnull=True),
                name="role_is_granted_once",
                nulls_distinct=False,
            ),
        )


class Invitation(models.Model):
    """A way in for one person, once: the link holds a secret of which only the hash is kept.

    It works from `approved_at` (a second person agreed) until `expires_at`. `roles` are comma-separated.
    """

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    username = models.CharField(max_length=64)
    name_sealed = models.BinaryField()
    roles = models.CharField(max_length=200)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, related_name="+")
    contract_until = models.DateTimeField(null=True)
    invited_by = models.CharField(max_length=ID_LENGTH)
    created_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = (models.Index(fields=("organisation", "-id"), name="invitation_newest"),)


class QuotaUse(models.Model):
    """How often a person did what is limited, in one period ("2026-11-22", "2026-11-22/2", "2026-11-22T03")."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person_id = models.CharField(max_length=ID_LENGTH)
    permission = models.CharField(max_length=64)
    period = models.CharField(max_length=16)
    used = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "person_id", "permission", "period"), name="quota_is_counted_once"
            ),
        )
