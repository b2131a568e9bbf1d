"""Which fields of which events the checks fill from a text; costs nothing to import."""

from __future__ import annotations

from collections.abc import Mapping

TEXT = "text"
_MESSAGE = (
    "text_hash", "contact_score", "has_payment_words", "names_other_platform", "link_domains", "link_lookalike",
    "link_free_hosting", "link_asks_login", "scam_types", "scam_cues", "self_harm", "threat", "money_moving",
)  # fmt: skip
_CONTENT = ("text_hash", "violates", "sexual_score", "minor_cues")
_LISTING = ("is_prohibited", "ad_flags")
_REVIEW = ("text_hash", "reward_hint")
_TICKET = ("promise_flags", "discloses", "anger_score", "threatens_media", "money_moving")
FILLED: Mapping[str, tuple[str, ...]] = {
    "message.sent": _MESSAGE,
    "content.posted": _CONTENT,
    "content.shared": _CONTENT,
    "listing.published": _LISTING,
    "listing.edited": _LISTING,
    "review.posted": _REVIEW,
    "ticket.message": _TICKET,
}
# Kept with a filled event, outside its schema: the signatures that its text met.
MET = "checked_signatures"


def left_out(event_type: str, event: object) -> tuple[str, ...]:
    """Return the fields that the checks may fill: those of this type that the caller left out, none without a text."""
    names = FILLED.get(event_type)
    if names is None or not getattr(event, TEXT, None):
        return ()
    return tuple(name for name in names if getattr(event, name, None) is None)


def with_fields(raw: bytes, fragment: bytes) -> bytes:
    """Return a JSON object with the members of a fragment (`"name":value,…`) added at its end, where they win."""
    return raw.rstrip(b" \t\r\n")[:-1] + b"," + fragment + b"}" if fragment else raw
