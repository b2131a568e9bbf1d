"""Personal data in the library: a proposed link may hold some."""

from __future__ import annotations

from anxin.desk.foundation.permissions.personal import PersonalColumn

COLUMNS = (PersonalColumn("intelligence.SignatureProposal", "order_sealed", "text", "signatures.proposal:{id}"),)
