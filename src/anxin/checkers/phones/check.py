"""Say how risky a telephone number is as a caller or a number to call, why, and what to tell the customer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from anxin.checkers.phones.forged import forged_line, without_area
from anxin.checkers.phones.number import PhoneNumber, read_number
from anxin.checkers.phones.official import OfficialLine, official_lines
from anxin.checkers.phones.sentences import ASK, CALL_BACK, KINDS, NEVER, SAY
from anxin.checkers.result import Advice, Checked, Cue, Words, level_of, total_weight

MOST_MARKS_WEIGHT = 80.0
MARKS_FOR_FULL_WEIGHT = 20
POLICE = frozenset({"110", "96110"})
POLICE_WEIGHT, FORGED_WEIGHT = 90.0, 60.0


class Marks(msgspec.Struct, frozen=True):
    """How often people marked a number as fraud, and where that comes from."""

    count: int
    source: str


def check_phone(
    text: str,
    *,
    displayed: str | None = None,
    called: bool = True,
    claims_domestic: bool = False,
    own_lines: Mapping[str, OfficialLine] | None = None,
    marks: Callable[[str], Marks | None] | None = None,
) -> Checked:
    """Return what is known of the number that a text is.

    `displayed` is the name or number that was shown, where it differs. `called` tells that the number called or wrote
    to the customer; false that she was told to call it. `claims_domestic` tells that the caller spoke for a domestic
    office or company. `own_lines` are the organisation's, by number. `marks` looks up reports by cleaned number.
    """
    lines = {**official_lines(), **(own_lines or {})}
    found = read_number(text)
    cues = [*_form_cues(found, called=called, claims_domestic=claims_domestic)]
    cues += _forged_cues(found, displayed, lines)
    cues += _mark_cues(found, marks)
    official = lines.get(without_area(found.digits)) if not found.prefixed else None
    cues += _official_cues(official, called=called)
    return _answer(found, official, tuple(cues))


def _answer(found: PhoneNumber, official: OfficialLine | None, cues: tuple[Cue, ...]) -> Checked:
    score = total_weight(cues)
    level = level_of(score)
    say = (SAY[level],) if official is None else (SAY[level], CALL_BACK)
    facts = {"number_kind": found.kind, "region": found.region, "place": found.place}
    if official is not None:
        facts |= {"official": official.zh, "official_confidence": official.confidence}
    advice = Advice(say=say, ask=ASK, never=NEVER)
    return Checked("phone", level, score, cues, advice, {name: fact for name, fact in facts.items() if fact})


def _form_cues(found: PhoneNumber, *, called: bool, claims_domestic: bool) -> list[Cue]:
    """Return cues of the kind of number alone."""
    cues: list[Cue] = []
    weight = {"virtual_mobile": 15.0, "machine": 40.0, "overseas": 15.0, "malformed": 20.0}.get(found.kind, 0.0)
    if found.kind == "sms_port":
        cues.append(Cue("phone.sms_port", KINDS["sms_port"], 0.0))
    if called and found.kind in ("company_400", "free_800"):
        weight = 45.0
    if weight:
        cues.append(Cue(f"phone.{found.kind}", KINDS[found.kind], weight))
    if found.kind == "overseas" and claims_domestic:
        text = Words("境外号码自称境内机构", "a number from abroad that claims to be a domestic office")
        cues.append(Cue("phone.overseas_claims_domestic", text, 50.0))
    return cues


def _forged_cues(found: PhoneNumber, displayed: str | None, lines: Mapping[str, OfficialLine]) -> list[Cue]:
    """Return a cue for each of number and displayed text that imitates an official line."""
    cues = []
    shown = read_number(displayed).digits if displayed else ""
    for each, prefixed in ((found.digits, found.prefixed), (shown, False)):
        line = forged_line(each, lines, prefixed=prefixed)
        if line is not None:
            text = Words(
                f"像 {line.number}（{line.zh}）但多了前缀或后缀",
                f"looks like {line.number} ({line.en}) with extra digits",
            )
            weight = POLICE_WEIGHT if line.number in POLICE else FORGED_WEIGHT
            cues.append(Cue("phone.forged_short_code", text, weight, source=line.number))
            break
    if shown in lines and shown != found.digits:
        text = Words("显示的官方号码与实际号码不同", "the official number shown is not the number that called")
        cues.append(Cue("phone.shown_differs", text, 75.0, source=shown))
    return cues


def _mark_cues(found: PhoneNumber, marks: Callable[[str], Marks | None] | None) -> list[Cue]:
    known = marks(found.digits) if marks is not None and found.digits else None
    if known is None or known.count <= 0:
        return []
    weight = 40.0 + (MOST_MARKS_WEIGHT - 40.0) * min(known.count, MARKS_FOR_FULL_WEIGHT) / MARKS_FOR_FULL_WEIGHT
    text = Words(f"被用户标记为诈骗 {known.count} 次", f"marked as fraud {known.count} times")
    return [Cue("phone.marked", text, weight, source=known.source)]


def _official_cues(official: OfficialLine | None, *, called: bool) -> list[Cue]:
    if official is None:
        return []
    if called and not official.calls_out:
        text = Words(
            f"{official.zh}（{official.number}）不会主动来电", f"{official.en} ({official.number}) never calls people"
        )
        return [Cue("phone.official_never_calls", text, 60.0, source=official.number)]
    text = Words(
        f"{official.zh} 公布的号码；来电显示可以伪造",
        f"a published number of {official.en}; a displayed number can be forged",
    )
    return [Cue("phone.official", text, 0.0, source=official.number)]
