"""The recognisers, in the order in which the longer and surer hides the shorter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType

from anxin.checkers.personal_data.recognisers import (
    address_chinese,
    address_english,
    bank_card,
    chat_account,
    credit_code,
    email,
    iban,
    ip,
    name_chinese,
    name_english,
    passport,
    phone,
    plate,
    resident_id,
    social_security,
)
from anxin.checkers.personal_data.span import Span


@dataclass(frozen=True)
class Recogniser:
    """One kind of personal data: texts with it, texts without it, and how it is found in a lightly folded text."""

    kind: str
    examples: tuple[str, ...]
    quiet: tuple[str, ...]
    find: Callable[[str], Iterator[Span]]


def _recogniser(module: ModuleType) -> Recogniser:
    return Recogniser(module.KIND, module.EXAMPLES, module.QUIET, module.find)


RECOGNISERS = tuple(
    _recogniser(module)
    for module in (
        resident_id,
        bank_card,
        iban,
        social_security,
        chat_account,
        phone,
        email,
        credit_code,
        passport,
        plate,
        ip,
        address_chinese,
        address_english,
        name_chinese,
        name_english,
    )
)
