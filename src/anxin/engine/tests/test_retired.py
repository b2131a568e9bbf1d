"""A policy that nobody wants any more is gone with its last user, without a search for garbage."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from anxin.engine.decide import Engine
from anxin.engine.policy.compiler.frame import Frame, Surroundings
from anxin.engine.policy.compiler.render import Renderer
from anxin.engine.policy.language.runtime import Calendar, Tokens
from anxin.engine.policy.loader import parse_policy
from anxin.engine.tests.small_policy import INDEX_KEY, RULES, WINDOWS_KEY, event, files, publish, rule, toy_model

HOURS = rule("S4", "hour(occurred_at) < 6 or weekday(occurred_at) == 0", "review")
BY_COUNTRY = tuple(rule(f"C{number}", f'ip_country == "C{number}"') for number in range(8))
MANY = tuple(rule(f"M{number}", f"amount >= CNY({number + 1}) or paid_1h >= CNY(7)") for number in range(50))


def small(version: int) -> dict[str, str]:
    return files(*RULES, HOURS, *BY_COUNTRY, *MANY, version=str(version), model=toy_model())


@pytest.fixture
def no_search() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


def made_by(engine: Engine) -> list[weakref.ref[object]]:
    """Return references that hold nothing alive to what a policy was compiled to."""
    compiled = engine.working.compiled
    functions = [*compiled.extract.values(), *compiled.live.evaluate.values(), *compiled.live.model_inputs.values()]
    parts = (engine.working, compiled, compiled.live, compiled.live.interpreter, compiled.tokens, engine.working.live)
    return [weakref.ref(each) for each in (*parts, *functions) if getattr(each, "__name__", "") != "_no_rules"]


@pytest.mark.usefixtures("no_search")
def test_a_retired_policy_is_gone_at_once() -> None:
    engine = Engine([parse_policy(small(0))], index_key=INDEX_KEY, windows_key=WINDOWS_KEY)
    engine.decide(engine.parse(event(1, ip_country="C3")), seq=1)
    first = made_by(engine)
    engine.foresee(publish(1, small(1)))
    engine.apply(publish(1, small(1)))
    second = made_by(engine)
    assert [each for each in first if each() is not None] == []
    engine.decide(engine.parse(event(2, ip_country="C3")), seq=2)
    engine.apply(publish(2, small(2)))
    assert [each for each in second if each() is not None] == []


@pytest.mark.usefixtures("no_search")
def test_compiling_leaves_nothing_of_its_work() -> None:
    def left() -> int:
        return sum(type(each) in (Frame, Renderer, Surroundings, Calendar, Tokens) for each in gc.get_objects())

    policy = parse_policy(small(0))
    before = left()
    engine = Engine([policy], index_key=INDEX_KEY, windows_key=WINDOWS_KEY)
    held = left()
    del engine
    assert left() == before < held
