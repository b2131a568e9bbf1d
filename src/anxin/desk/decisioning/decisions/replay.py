"""Decide again what was decided then, with the policy, lists and features of that day."""

from __future__ import annotations

from dataclasses import dataclass

from anxin.desk.decisioning.decisions.access import access_decision
from anxin.desk.decisioning.decisions.explained import judged_again, put_back, require_body
from anxin.desk.foundation.edge.actor import Actor


@dataclass(frozen=True)
class Replayed:
    """What the rules say again, beside what was answered; brakes and holds are people's acts and stay out of it."""

    policy: str
    verdict_then: str
    verdict_again: str
    score_then: float
    score_again: float
    rules_then: tuple[str, ...]
    rules_again: tuple[str, ...]
    holds: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Return whether the same rules fired with the same score."""
        return self.rules_then == self.rules_again and self.score_then == self.score_again


def replay_decision(*, event_id: str = "", seq: int = 0, by: Actor) -> Replayed:
    """Return the decision made again; raise Forbidden, NotFound, BodyGone or PolicyGone."""
    found = access_decision(event_id=event_id, seq=seq, by=by, permission="decision.replay")
    then = put_back(found, require_body(found))
    judged = judged_again(then)
    rules_then = tuple(each.rule for each in then.answer.reasons if not each.rule.startswith("hold:"))
    verdict = max((judged.verdict, *(hold.verdict for hold in then.holds)))
    return Replayed(
        policy=then.judge.label,
        verdict_then=then.answer.verdict,
        verdict_again=verdict.word,
        score_then=then.answer.score,
        score_again=judged.score,
        rules_then=rules_then,
        rules_again=tuple(each.rule for each in judged.fired),
        holds=tuple(hold.measure for hold in then.holds),
    )
