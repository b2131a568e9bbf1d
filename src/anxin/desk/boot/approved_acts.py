"""The one table of acts that may wait for a second person."""

from __future__ import annotations

from collections.abc import Mapping

from anxin.desk.foundation.approvals.acts import Act
from anxin.desk.foundation.privacy.actions import erase_approved, permit_reveal
from anxin.desk.foundation.ui.words import Words

ACTS: Mapping[str, Act] = {
    "data.erase": Act("data.erase", Words("删除个人信息", "Erase personal data"), erase_approved),
    "field.reveal_identity": Act("field.reveal_identity", Words("查看证件号码", "Reveal an ID number"), permit_reveal),
}
