"""A breath after an L1: whoever led one that is contained or over is told so, once, with a way to hand over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.ui.words import Words
from anxin.desk.operations.incidents.access import visible_incidents
from anxin.desk.operations.incidents.stages import OPEN

AFTER = timedelta(minutes=20)
"""How long after an L1 the card is offered."""
_SENTENCES = (
    Words(
        "这一单结束了。您做得够多了，先喝口水，看看远处。",
        "That one is over. You did enough; have some water and look into the distance.",
    ),
    Words(
        "刚才很难。慢慢呼吸三次再看下一单，队列有人看着。",
        "That was hard. Breathe slowly three times before the next; others watch the queue.",
    ),
    Words(
        "有人因为您少受了损失。站起来走两步，五分钟后再回来也可以。",
        "Somebody lost less because of you. Stand up and walk; coming back in five minutes is fine.",
    ),
)


@dataclass(frozen=True)
class Breath:
    """After which incident, what is said, and how many promises still run in one's own hands."""

    incident_id: str
    number: int
    sentence: Words
    left: int


def find_breath(*, by: Actor, at: datetime, rested: str = "") -> Breath | None:
    """Return the card for the latest L1 the actor led to its end, None when there is none or it was taken."""
    person_id = by.person_id or "-"
    mine = visible_incidents(by).filter(commander_id=person_id)
    over = mine.filter(Q(contained_at__gt=at - AFTER) | Q(ended_at__gt=at - AFTER), level=1, opened_at__lte=at)
    last = over.exclude(pk=rested or "-").order_by("-opened_at", "-id").first()
    if last is None:
        return None
    left = mine.filter(stage__in=OPEN, due_at__isnull=False).count()
    return Breath(last.id, last.number, _SENTENCES[last.number % len(_SENTENCES)], left)
