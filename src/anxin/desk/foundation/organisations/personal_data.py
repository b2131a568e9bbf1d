"""Personal data about staff."""

from __future__ import annotations

from anxin.desk.foundation.permissions.personal import PersonalColumn

COLUMNS = (
    PersonalColumn("organisations.Person", "name_sealed", "name", "person.name:{id}"),
    PersonalColumn("organisations.Person", "email_sealed", "email", "person.email:{id}", index="email_index"),
    PersonalColumn("organisations.Invitation", "name_sealed", "name", "invitation.name:{id}"),
)
