"""Make the tables and found an organisation with people of every role by the desk's actions."""

from __future__ import annotations

import base64
import hmac
import struct
import time
from types import SimpleNamespace

ORGANISATIONS = {"shop": "夜市平台", "other": "Other Platform"}
PASSWORD = "correct horse battery"


SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""What everybody's authenticator app holds."""


def main() -> None:
    from anxin.desk.boot.program import prepare_database
    from anxin.desk.foundation.edge.actor import system_actor
    from anxin.desk.foundation.edge.clock import now
    from anxin.desk.foundation.organisations.actions import admit_person, found_organisation
    from anxin.desk.foundation.permissions.catalogue import roles

    prepare_database()
    for slug, name in ORGANISATIONS.items():
        organisation = found_organisation(slug=slug, name=name, at=now())
        by = system_actor(organisation.id, "setup")
        for role in roles():
            person = admit_person(
                username=username_of(role, slug), name="林薇", password=PASSWORD, roles=(role,), by=by, at=now()
            )
            give_authenticator(person)


def give_authenticator(person: object) -> None:
    from allauth.core import context
    from allauth.mfa.totp.internal.auth import TOTP

    with context.request_context(SimpleNamespace(user=person)):
        TOTP.activate(person, SECRET)


def username_of(role: str, slug: str = "shop") -> str:
    """The specialist of the shop is `specialist`, the one of the other organisation `other-specialist`."""
    return role if slug == "shop" else f"{slug}-{role}"


def code_of_this_moment() -> str:
    """What an authenticator app shows (RFC 6238)."""
    message = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.digest(base64.b32decode(SECRET), message, "sha1")
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"
