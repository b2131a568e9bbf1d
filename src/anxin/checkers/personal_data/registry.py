"""The recognisers, in the order in which the longer and surer hides the shorter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

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


class Recogniser(Protocol):
    """One kind of personal data: its name, texts with it, texts without it, and how it is found."""

    KIND: str
    EXAMPLES: tuple[str, ...]
    QUIET: tuple[str, ...]

    @staticmethod
    def find(text: str) -> Iterator[Span]:
        """Yield the stretches of a lightly folded text."""


RECOGNISERS: tuple[Recogniser, ...] = (
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
