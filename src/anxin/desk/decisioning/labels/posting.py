"""Post one label to the gateway; every way it can fail is an outcome, never an exception."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from anxin.desk.decisioning.labels.models import GivenLabel
from anxin.desk.foundation.edge.clock import to_ms

SECONDS = 5.0
SOURCE = "desk"
_READ = 16_384


@dataclass(frozen=True)
class Answer:
    """What the gateway said: `status` None when it could not be reached, `code` of a problem or ""."""

    status: int | None
    code: str = ""

    @property
    def is_taken(self) -> bool:
        """Return whether the label stands in the log."""
        return self.status is not None and HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def is_key_refused(self) -> bool:
        """Return whether the gateway does not know the key, not yet or no more."""
        return self.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)

    @property
    def is_final(self) -> bool:
        """Return whether asking again would change nothing."""
        return self.status in (
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.NOT_FOUND,
            HTTPStatus.CONFLICT,
            HTTPStatus.UNPROCESSABLE_ENTITY,
        )


def body_of(row: GivenLabel) -> bytes:
    """Return the label as the gateway reads it; the same row gives the same bytes."""
    about: dict[str, object] = (
        {"event_id": row.event_id} if row.event_id else {"entity": {"kind": row.entity_kind, "id": row.entity_key}}
    )
    told = {"label": row.label, "source": SOURCE, "at": to_ms(row.at), "is_fraud": row.is_fraud}
    return json.dumps(about | told, ensure_ascii=False).encode()


def post_label(row: GivenLabel, *, url: str, key: str) -> Answer:
    """Post the label once."""
    target = urlsplit(url)
    kind = http.client.HTTPSConnection if target.scheme == "https" else http.client.HTTPConnection
    connection = kind(target.hostname or "", target.port, timeout=SECONDS)
    try:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
        connection.request("POST", f"{target.path.rstrip('/')}/v1/labels", body_of(row), headers)
        answer = connection.getresponse()
        return Answer(answer.status, "" if answer.status < HTTPStatus.BAD_REQUEST else _code(answer.read(_READ)))
    except (OSError, http.client.HTTPException):
        return Answer(None, "unreachable")
    finally:
        connection.close()


def _code(body: bytes) -> str:
    try:
        problem = json.loads(body)
    except ValueError:
        return ""
    return str(problem.get("code", ""))[:64] if isinstance(problem, dict) else ""
