"""Generated functions that gather the inputs of a policy's model."""

from __future__ import annotations

import math
from collections.abc import Mapping

from anxin.engine.policy.compiler.frame import Frame, Surroundings
from anxin.engine.policy.compiler.render import Renderer
from anxin.engine.policy.definition import Policy
from anxin.engine.schema.types import EventType, FieldType

_NUMBERS = (FieldType.INT, FieldType.NUMBER, FieldType.BOOL, FieldType.MONEY, FieldType.TIME)


def inputs_source(event: EventType, policy: Policy, vector: Mapping[str, int], surroundings: Surroundings) -> str:
    """Return the source of `model_inputs(event, t, vector, lists)`: numbers in the model's order, nan when missing.

    A text becomes the code of its word in the model's file, nan when the file does not know it.
    """
    frame = Frame(event, surroundings, vector)
    renderer = Renderer(frame)
    surroundings.globals["nan"] = math.nan
    places = [_place(name, event, policy, renderer) for name in (policy.model.inputs if policy.model else ())]
    lines = ["def model_inputs(event, t, vector, lists):", *(f"    {line}" for line in frame.lines)]
    return "\n".join([*lines, f"    return [{', '.join(places)}]"]) + "\n"


def _place(name: str, event: EventType, policy: Policy, renderer: Renderer) -> str:
    frame = renderer.frame
    if name in policy.features:
        local = frame.feature(name)
    elif name in policy.computes:
        local = renderer.compute(name)
    elif name in policy.values:
        return frame.named(name)
    else:
        return _field(name, event, policy, frame)
    return f"nan if {local} is None else {local}"


def _field(name: str, event: EventType, policy: Policy, frame: Frame) -> str:
    spec = event.fields.get(name)
    if spec is None:
        return "nan"
    words = policy.model.categories.get(name) if policy.model else None
    if spec.type is FieldType.TEXT and words is not None:
        codes = frame.constant({word: float(code) for code, word in enumerate(words)}, ("codes", name))
        return f"{codes}.get({frame.field(name)}, nan)"
    if spec.type not in _NUMBERS:
        return "nan"
    local = frame.field(name)
    return f"nan if {local} is None else {local}"
