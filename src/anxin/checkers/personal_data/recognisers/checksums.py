"""Check digits of cards, identity numbers, credit codes and accounts."""

from __future__ import annotations

RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
RESIDENT_CHECKS = "10X98765432"
CREDIT_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
IBAN_MODULUS = 97


def passes_luhn(digits: str) -> bool:
    """Tell whether a card number's last digit fits (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def passes_resident_check(number: str) -> bool:
    """Tell whether the last of 18 characters fits (GB 11643-1999)."""
    total = sum(int(digit) * weight for digit, weight in zip(number, RESIDENT_WEIGHTS, strict=False))
    return RESIDENT_CHECKS[total % 11] == number[-1].upper()


def passes_credit_check(code: str) -> bool:
    """Tell whether the last of 18 characters fits (GB 32100-2015)."""
    values = [CREDIT_LETTERS.index(each) for each in code]
    total = sum(value * weight for value, weight in zip(values, CREDIT_WEIGHTS, strict=False))
    return (31 - total % 31) % 31 == values[-1]


def passes_iban_check(account: str) -> bool:
    """Tell whether an account number without spaces leaves 1 (ISO 13616)."""
    turned = account[4:] + account[:4]
    return int("".join(str(int(each, 36)) for each in turned)) % IBAN_MODULUS == 1
