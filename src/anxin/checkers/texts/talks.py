"""Tell a talk between two from a message, and say how much it is worded like the talks of fraud."""

from __future__ import annotations

import re
from typing import NamedTuple

from anxin.checkers.texts.model import TALK_HEAD, shipped_model, talk_features


class TalkSize(NamedTuple):
    """From how many characters and words for I and you on a text is such a talk, and what the head then means.

    From the margin `alone` on the wording makes suspicion by itself, from `beside` on where a pack sees a part of it.
    """

    characters: int
    spoken: int
    alone: float
    beside: float


class Talk(NamedTuple):
    """A talk, and the margin that the shipped head for talks gives it."""

    size: TalkSize
    margin: float

    @property
    def is_suspicious(self) -> bool:
        """Whether the wording is enough by itself."""
        return self.margin >= self.size.alone

    @property
    def is_likely(self) -> bool:
        """Whether it is enough together with a part that a pack sees."""
        return self.margin >= self.size.beside


# Margins that at most two in a thousand of 15 000 ordinary texts reach (docs/figures.md); a short talk says less.
LONG, SHORT = TalkSize(100, 5, -0.75, -1.15), TalkSize(60, 3, 0.5, -0.25)

# How shops and banks address many at once.
TO_MANY = re.compile("尊敬的|亲爱的(?:用户|会员|客户|顾客|家长)|退订|回复?td|[本我](?:公司|店)|(?:置业|销售)顾问")


def is_talk(text: str, size: TalkSize = LONG) -> bool:
    """Return whether a text is so long and speaks of I and you as people do, not as shops do to customers."""
    spoken = text.count("你") + text.count("我")
    is_spoken = len(text) >= size.characters and spoken >= size.spoken and spoken > 2 * text.count("您")
    return is_spoken and not TO_MANY.search(text)


def talk_of(text: str) -> Talk | None:
    """Return what a normalised text is as a talk; None when it is none."""
    size = next((each for each in (LONG, SHORT) if is_talk(text, each)), None)
    return Talk(size, shipped_model(TALK_HEAD).margin_of(talk_features(text))) if size else None
