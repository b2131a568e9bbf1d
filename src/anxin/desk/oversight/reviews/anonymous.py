"""Take out of a text what leads to somebody: personal data, things named in the incident, links, long numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from anxin.checkers.personal_data.text import remove
from anxin.desk.operations.incidents.models import Incident, Party

_LINK = re.compile(
    r"(?:https?://|www\.)\S+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|cn|net|org|top|xyz|example|io|vip|cc)\b\S*",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(r"\b(?=[A-Za-z0-9_-]*\d)[A-Za-z]{1,8}[_-][A-Za-z0-9_-]{3,}\b")
_NUMBER = re.compile(r"#\d+|\d(?:[,. -]?\d){4,}")
_DAY = re.compile(r"\d{4}[-/年.]\d{1,2}(?:[-/月.]\d{1,2}日?)?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?")
SHORTEST_KEY, MOST_KEYS = 4, 500


def anonymise(text: str, *, incident: Incident) -> str:
    """Return the text with everything replaced that leads to a person, a day or a thing of the incident."""
    return _without_traces(remove(_without_keys(text, _keys(incident))))


def leads_back(text: str, *, incident: Incident) -> bool:
    """Return whether a text still holds an id, link, day or long number; personal data is looked for elsewhere."""
    return _without_traces(_without_keys(text, _keys(incident))) != text


def _keys(incident: Incident) -> list[str]:
    keys = Party.objects.filter(incident_id=incident.id).values_list("entity_key", flat=True)[:MOST_KEYS]
    return sorted({each for each in (*keys, incident.id) if len(each) >= SHORTEST_KEY}, key=len, reverse=True)


def _without_keys(text: str, keys: Iterable[str]) -> str:
    for key in keys:
        text = re.sub(re.escape(key), "<id>", text, flags=re.IGNORECASE)
    return text


def _without_traces(text: str) -> str:
    text = _DAY.sub("<date>", _LINK.sub("<link>", text))
    return _NUMBER.sub("<number>", _ACCOUNT.sub("<id>", text))
