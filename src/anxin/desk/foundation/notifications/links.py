"""The signed link of a page: whoever holds it may acknowledge that one page, once, for a day."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from anxin.desk.foundation.notifications.errors import LinkSpent

VALID = timedelta(hours=24)
_SALT = "anxin.notifications.page"


def link_of(page_id: str) -> str:
    """Return the whole address that is sent."""
    return desk_address() + reverse("page_link", args=[sign_page(page_id)])


def sign_page(page_id: str) -> str:
    """Return the token of a page."""
    return _signer().sign(page_id)


def read_token(token: str) -> str:
    """Return the page a token belongs to; raise LinkSpent when it was never given."""
    try:
        return _signer().unsign(token)
    except BadSignature:
        raise LinkSpent from None


def desk_address() -> str:
    """Return where people reach the desk."""
    config = settings.ANXIN
    if config.public_url:
        return str(config.public_url).rstrip("/")
    scheme, host = ("https", config.hosts[0]) if config.https else ("http", f"{config.hosts[0]}:{config.port}")
    return f"{scheme}://{host}"


def _signer() -> Signer:
    return Signer(sep=".", salt=_SALT)
