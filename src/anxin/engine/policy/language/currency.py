"""Which currency a money expression is in."""

from __future__ import annotations

from collections.abc import Sequence

from anxin.engine.policy.language import nodes
from anxin.engine.policy.language.nodes import Node
from anxin.engine.policy.language.types import Type


def currency_of(node: Node) -> str | None:
    """Return the currency written in the policy, or None when the money is in the event's currency."""
    if isinstance(node, (nodes.Literal, nodes.Named, nodes.Compute)):
        return node.currency
    if getattr(node, "guard_currency", None) is not None:
        return None
    for child in node.children():
        if child.type is Type.MONEY:
            return currency_of(child)
    return None


def joined_currency(moneys: Sequence[Node]) -> tuple[str | None, tuple[str, str] | None]:
    """Return the currency the event must have when these meet, or None; and two written currencies that can never meet."""
    found = [currency_of(each) for each in moneys]
    written = sorted({each for each in found if each is not None})
    if len(written) > 1:
        return None, (written[0], written[1])
    return (written[0] if written and None in found else None), None


# Minor units: ISO 4217 exponents that are not 2.
EXPONENTS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
}
CODES = frozenset(
    """AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
    CNH CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR
    ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP
    MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG
    SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF
    XCD XOF XPF YER ZAR ZMW ZWL""".split()
)
