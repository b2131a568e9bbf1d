"""The doors to channels and pages."""

from __future__ import annotations

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.notifications.models import Channel, Page
from anxin.desk.foundation.permissions.authority import require

CONFIGURE = "channel.configure"


def access_channel(*, channel_id: str, by: Actor) -> Channel:
    """Return one's own open channel, or one of the organisation; raise Forbidden, NotFound."""
    require(by, "desk.open")
    found = Channel.objects.filter(pk=channel_id, organisation_id=by.organisation_id, closed_at=None).first()
    if found is None or (found.person_id and found.person_id != by.person_id):
        raise NotFound
    if not found.person_id:
        require(by, CONFIGURE)
    return found


def access_page(*, page_id: str, by: Actor) -> Page:
    """Return a page that called the actor; raise Forbidden, NotFound."""
    require(by, "desk.open")
    found = Page.objects.filter(pk=page_id, organisation_id=by.organisation_id, person_id=by.person_id or "-").first()
    if found is None:
        raise NotFound
    return found
