"""What an organisation knows beyond the shipped lists when a screenshot is judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from anxin.checkers.images.look_alike import KnownPicture
from anxin.checkers.links.brands import BrandBook
from anxin.checkers.links.feeds import LinkFeed
from anxin.checkers.links.lists import LinkLists
from anxin.checkers.links.model import LinkModel
from anxin.checkers.phones.check import Marks
from anxin.checkers.phones.official import OfficialLine
from anxin.checkers.signatures.force import InForce


class Knowledge(msgspec.Struct, frozen=True):
    """What an organisation adds to the shipped lists.

    `at` is the time (ms UTC), None when age is not judged. `signatures` judge the text; their lists, marks and pictures
    count only when they stand in the other fields too, as `knowledge_of` puts them.
    """

    known: Sequence[KnownPicture] = ()
    brands: BrandBook | None = None
    lists: LinkLists = LinkLists()
    feeds: Sequence[LinkFeed] = ()
    link_model: LinkModel | None = None
    own_lines: Mapping[str, OfficialLine] | None = None
    marks: Callable[[str], Marks | None] | None = None
    at: int | None = None
    signatures: InForce | None = None


def knowledge_of(signatures: InForce, *, at: int) -> Knowledge:
    """Return the knowledge that signatures in force make; `at` is ms UTC."""
    return Knowledge(
        known=signatures.pictures,
        lists=signatures.links,
        marks=signatures.marks_of,
        at=at,
        signatures=signatures,
    )


NOTHING_KNOWN = Knowledge()
