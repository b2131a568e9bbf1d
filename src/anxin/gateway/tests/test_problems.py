import re
from collections.abc import Iterator

import msgspec
import pytest

from anxin.engine.errors import EngineError, EventIdReused, EventMalformed, EventTypeUnknown, PolicyError
from anxin.gateway.problems import BodyTooLarge, Busy, preferred_language, problem_status, render_problem


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        (None, "zh"),
        (b"", "zh"),
        (b"en", "en"),
        (b"en-GB,en;q=0.9", "en"),
        (b"zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (b"en;q=0.5, zh;q=0.4", "en"),
        (b"fr, de", "zh"),
        (b"fr, en;q=0.1", "en"),
        (b"en;q=x", "zh"),
        (b"\xff;;,=", "zh"),
    ],
)
def test_the_language_follows_the_caller(accept: bytes | None, language: str) -> None:
    assert preferred_language(accept) == language


def test_a_problem_names_code_place_and_request() -> None:
    error = EventTypeUnknown(pointer="/event_type", event_type="x.y")
    problem = msgspec.json.decode(render_problem(error, language="en", request_id="r-1"))
    assert problem == {
        "type": "urn:anxin:problem:event.type_unknown",
        "title": "Unknown event type “x.y”.",
        "status": 422,
        "code": "event.type_unknown",
        "pointer": "/event_type",
        "request_id": "r-1",
    }


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (EventMalformed(reason=""), 400),
        (EventIdReused(event_id="e"), 422),
        (BodyTooLarge(limit=1), 413),
        (Busy(), 503),
    ],
)
def test_each_refusal_has_its_status(error: EventMalformed, status: int) -> None:
    assert problem_status(error) == status


def kinds_of(error: type[EngineError]) -> Iterator[type[EngineError]]:
    yield error
    for each in error.__subclasses__():
        yield from kinds_of(each)


def test_every_refusal_has_a_code_of_its_own_and_a_sentence_in_both_languages() -> None:
    chinese = re.compile("[\u4e00-\u9fff]")
    ours = ("anxin.engine.", "anxin.gateway.")
    known = [each for each in kinds_of(EngineError) if each.__module__.startswith(ours)]
    kinds = [each for each in known if not issubclass(each, PolicyError)]
    assert [each.__name__ for each in kinds if not re.fullmatch(r"[a-z]+(\.[a-z_]+)+", each.code)] == []
    assert [each.__name__ for each in kinds if not chinese.search(each.zh) or chinese.search(each.en)] == []
    assert len(kinds) > 30
