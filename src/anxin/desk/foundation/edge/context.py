"""What the frame of every page needs."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest

from anxin.desk.foundation.edge.requests import DeskRequest


def frame(request: HttpRequest) -> dict[str, object]:
    """Return the actor for the templates."""
    finder = getattr(cast("DeskRequest", request), "find_actor", None)
    return {"actor": finder() if finder else None}
