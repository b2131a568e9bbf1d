"""What somebody searched for, kept in the sealed session: addresses and logs hold an opaque token only."""

from __future__ import annotations

import secrets
from typing import cast

from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.edge.requests import DeskRequest

_NAME = "searches"
_KEPT = 10
TOKEN_BYTES = 9


def keep_search(request: DeskRequest, query: str) -> str:
    """Keep a query for this session and return its token; the oldest give way."""
    kept = cast("dict[str, str]", request.session.get(_NAME, {}))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    newest = list(kept.items())[-(_KEPT - 1) :]
    request.session[_NAME] = {**dict(newest), token: query}
    return token


def kept_search(request: DeskRequest, token: str) -> str:
    """Return the query of a token of this session; raise NotFound."""
    query = cast("dict[str, str]", request.session.get(_NAME, {})).get(token)
    if query is None:
        raise NotFound
    return query
