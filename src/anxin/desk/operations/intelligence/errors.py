"""Why a change of the library is not taken."""

from __future__ import annotations

from typing import ClassVar

from anxin.checkers.signatures.errors import SignatureRefused
from anxin.desk.foundation.edge.refusals import Refusal


class ProposalRefused(Refusal):
    """The file or feed is wrong; what is in force stays."""

    code: ClassVar[str] = "signatures.proposal_refused"
    zh: ClassVar[str] = "未提交：{why}。现有特征继续有效。"
    en: ClassVar[str] = "Not proposed: {why}. What is in force stays."
    status: ClassVar[int] = 422


def proposal_refused(refused: SignatureRefused) -> ProposalRefused:
    """Return the desk's refusal for one of the library, whose sentence names signature, line and field."""
    return ProposalRefused(pointer=refused.field or None, why=refused.sentence("en"), why_zh=refused.sentence("zh"))
