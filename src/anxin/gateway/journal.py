"""The gateway's own log lines: one JSON object a line, without personal data."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from anxin.faults import catch_uncaught


class JsonLines(logging.Formatter):
    """Writes time, level, word and the plain values given as `extra={"facts": {…}}`."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "word": record.getMessage(),
        }
        line.update(getattr(record, "facts", {}))
        if record.exc_info and record.exc_info[0] is not None:
            line["fault"] = record.exc_info[0].__name__
            line["trace"] = _places(record)
        return json.dumps(line, ensure_ascii=False)


def _places(record: logging.LogRecord) -> list[str]:
    """Return where a fault passed, without its message or values, which may hold personal data."""
    places, step = [], record.exc_info[2] if record.exc_info else None
    while step is not None:
        code = step.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/')[2]}:{step.tb_lineno} {code.co_name}")
        step = step.tb_next
    return places


JOURNAL = logging.getLogger("anxin.gateway")


def start_journal() -> None:
    """Send the lines to standard error, also those of libraries and of what nobody caught, in whatever thread."""
    writer = logging.StreamHandler(sys.stderr)
    writer.setFormatter(JsonLines())
    JOURNAL.handlers = [writer]
    JOURNAL.setLevel(logging.INFO)
    JOURNAL.propagate = False
    logging.getLogger().handlers = [writer]
    catch_uncaught(_tell_uncaught)


def _tell_uncaught(where: str, fault: BaseException) -> None:
    JOURNAL.critical("fault", exc_info=fault, extra={"facts": {"where": where}})


def note(word: str, **facts: object) -> None:
    """Write one line about the ordinary course of things."""
    JOURNAL.info(word, extra={"facts": facts})


def warn(word: str, **facts: object) -> None:
    """Write one line about something that a person should look at."""
    JOURNAL.warning(word, extra={"facts": facts})
