"""The one table of acts that may wait for a second person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from anxin.desk.decisioning.lists.actions import carry_out_change, let_go_of_change
from anxin.desk.decisioning.lists.described import describe_changes
from anxin.desk.foundation.approvals.acts import Act
from anxin.desk.foundation.organisations.invitations import open_invitation_approved, withdraw_unconfirmed
from anxin.desk.foundation.organisations.rights import grant_role_approved, take_role_back
from anxin.desk.foundation.privacy.actions import erase_approved, permit_reveal
from anxin.desk.foundation.privacy.actions import release_approved as release_hold_approved
from anxin.desk.foundation.sign_in.reenrolments import (
    describe_reenrolments,
    let_go_of_reenrolment,
    reenrol_approved,
)
from anxin.desk.foundation.ui.words import Words
from anxin.desk.operations.evidence.actions.exporting import permit_originals
from anxin.desk.operations.evidence.actions.holding import lift_approved
from anxin.desk.operations.evidence.actions.letting_go import erase_evidence_approved
from anxin.desk.operations.incidents.actions.levels import lower_approved
from anxin.desk.operations.incidents.actions.recomputing import recompute_approved
from anxin.desk.operations.incidents.actions.responding import dismiss_approved
from anxin.desk.operations.intelligence.actions import publish_approved
from anxin.desk.operations.measures.actions import (
    extend_approved,
    let_go_of_request,
    order_approved,
    release_approved,
)
from anxin.desk.operations.measures.batches.actions import agree_batch, let_go_of_batch
from anxin.desk.operations.measures.described import describe_batches, describe_requests

FIVE_MINUTES = timedelta(minutes=5)
"""Within which somebody who waits with a victim on the line is to be answered (R113)."""

ACTS: Mapping[str, Act] = {
    "list.put": Act(
        "list.put",
        Words("加入名单", "Put on a list"),
        carry_out_change,
        let_go=let_go_of_change,
        describe=describe_changes,
    ),
    "list.remove": Act(
        "list.put",
        Words("移出名单", "Take off a list"),
        carry_out_change,
        let_go=let_go_of_change,
        describe=describe_changes,
    ),
    "measure.order": Act(
        "freeze.open",
        Words("下达措施", "Order a measure"),
        order_approved,
        let_go=let_go_of_request,
        answer_within=FIVE_MINUTES,
        describe=describe_requests,
    ),
    "measure.release": Act(
        "freeze.release", Words("解除措施", "Release a measure"), release_approved, describe=describe_requests
    ),
    "measure.extend": Act(
        "freeze.extend", Words("延长措施", "Extend a measure"), extend_approved, describe=describe_requests
    ),
    "measure.mass": Act(
        "measure.mass",
        Words("批量处置", "Act on many"),
        agree_batch,
        let_go=let_go_of_batch,
        describe=describe_batches,
    ),
    "incident.dismiss": Act("incident.dismiss", Words("排除事件", "Dismiss an incident"), dismiss_approved),
    "incident.recompute": Act(
        "incident.configure", Words("重算进行中的时限", "Compute running promises anew"), recompute_approved
    ),
    "incident.lower_level": Act("incident.level", Words("降低事件级别", "Lower an incident's level"), lower_approved),
    "signatures.publish": Act("list.put", Words("发布特征集", "Publish a set of signatures"), publish_approved),
    "evidence.hand_over": Act(
        "evidence.hand_over", Words("对外移交证据原件", "Hand over original evidence"), permit_originals
    ),
    "evidence.lift_hold": Act("evidence.lift_hold", Words("解除法务留存", "Lift a legal hold"), lift_approved),
    "evidence.erase": Act("evidence.erase", Words("删除证据内容", "Erase evidence"), erase_evidence_approved),
    "data.erase": Act("data.erase", Words("删除个人信息", "Erase personal data"), erase_approved),
    "data.lift_hold": Act(
        "evidence.lift_hold", Words("解除对个人的法务留存", "Lift a legal hold on a person"), release_hold_approved
    ),
    "field.reveal_identity": Act("field.reveal_identity", Words("查看证件号码", "Reveal an ID number"), permit_reveal),
    "person.invite": Act(
        "person.invite",
        Words("邀请人员", "Invite somebody"),
        open_invitation_approved,
        undo=withdraw_unconfirmed,
        can_go_ahead=True,
    ),
    "person.reenrol": Act(
        "person.reenrol",
        Words("帮同事重新登录", "Help a colleague back in"),
        reenrol_approved,
        let_go=let_go_of_reenrolment,
        describe=describe_reenrolments,
    ),
    "person.grant_role": Act(
        "person.invite", Words("授予角色", "Give a role"), grant_role_approved, undo=take_role_back, can_go_ahead=True
    ),
}
