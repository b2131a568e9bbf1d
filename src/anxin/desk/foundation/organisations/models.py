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

    class Meta:
        constraints = (models.UniqueConstraint(fields=("organisation", "code"), name="department_is_unique"),)


class Person(AbstractBaseUser):
    """Somebody who works at an organisation, and signs in under a name that is not their own.

    `name_sealed` and `email_sealed` are sealed; `email_index` finds an address without showing it.
    `version` rises with each change.
    """

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="people")
    username = models.CharField(max_length=64, unique=True)
    name_sealed = models.BinaryField()
    email_sealed = models.BinaryField(null=True)
    email_index = models.CharField(max_length=32, blank=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, related_name="people")
    language = models.CharField(max_length=8, default="zh-hans")
    time_zone = models.CharField(max_length=64, blank=True)
    theme = models.CharField(max_length=8, default="auto")
    is_active = models.BooleanField(default=True)
    left_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = BaseUserManager["Person"]()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        indexes = (models.Index(fields=("organisation", "email_index"), name="person_by_email"),)


class RoleGrant(models.Model):
    """A role that a person holds, at one site or (None) at all of them, until `until` (None: until revoked)."""

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="role_grants")
    role = models.CharField(max_length=32)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, related_name="+")
    granted_by = models.CharField(max_length=ID_LENGTH)
    granted_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("person", "role", "site"),
                condition=models.Q(revoked_at__isnull=True),
                name="role_is_granted_once",
                nulls_distinct=False,
            ),
        )
