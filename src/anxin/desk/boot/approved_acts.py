"""The one table of acts that may wait for a second person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from anxin.desk.boot.described import describe_erasures, describe_person_lifts, describe_reveals
from anxin.desk.decisioning.lists.actions import carry_out_change, let_go_of_change
from anxin.desk.decisioning.lists.described import describe_changes
from anxin.desk.foundation.approvals.acts import Act
from anxin.desk.foundation.organisations.described import describe_invitations, describe_roles
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
from anxin.desk.operations.evidence.described import describe_erasures as describe_evidence_erasures
from anxin.desk.operations.evidence.described import describe_hand_overs, describe_lifts
from anxin.desk.operations.incidents.actions.levels import lower_approved
from anxin.desk.operations.incidents.actions.recomputing import recompute_approved
from anxin.desk.operations.incidents.actions.responding import dismiss_approved
from anxin.desk.operations.incidents.described import describe_dismissals, describe_lowerings, describe_recomputes
from anxin.desk.operations.intelligence.actions import publish_approved
from anxin.desk.operations.intelligence.described import describe_publications
from anxin.desk.operations.measures.actions import (
    extend_approved,
    let_go_of_request,
    order_approved,
    release_approved,
)
from anxin.desk.operations.measures.batches.actions import agree_batch, let_go_of_batch
from anxin.desk.operations.measures.described import (
    describe_batches,
    describe_extensions,
    describe_orders,
    describe_releases,
)

FIVE_MINUTES = timedelta(minutes=5)
"""Within which somebody who waits with a victim on the line is to be answered (R113)."""

ACTS: Mapping[str, Act] = {
    "list.put": Act(
        "list.put", Words("加入名单", "Put on a list"), carry_out_change, describe_changes, let_go=let_go_of_change
    ),
    "list.remove": Act(
        "list.put", Words("移出名单", "Take off a list"), carry_out_change, describe_changes, let_go=let_go_of_change
    ),
    "measure.order": Act(
        "freeze.open",
        Words("下达措施", "Order a measure"),
        order_approved,
        describe_orders,
        let_go=let_go_of_request,
        answer_within=FIVE_MINUTES,
    ),
    "measure.release": Act(
        "freeze.release", Words("解除措施", "Release a measure"), release_approved, describe_releases
    ),
    "measure.extend": Act("freeze.extend", Words("延长措施", "Extend a measure"), extend_approved, describe_extensions),
    "measure.mass": Act(
        "measure.mass", Words("批量处置", "Act on many"), agree_batch, describe_batches, let_go=let_go_of_batch
    ),
    "incident.dismiss": Act(
        "incident.dismiss", Words("排除事件", "Dismiss an incident"), dismiss_approved, describe_dismissals
    ),
    "incident.recompute": Act(
        "incident.configure",
        Words("重算进行中的时限", "Compute running promises anew"),
        recompute_approved,
        describe_recomputes,
    ),
    "incident.lower_level": Act(
        "incident.level", Words("降低事件级别", "Lower an incident's level"), lower_approved, describe_lowerings
    ),
    "signatures.publish": Act(
        "list.put", Words("发布特征集", "Publish a set of signatures"), publish_approved, describe_publications
    ),
    "evidence.hand_over": Act(
        "evidence.hand_over",
        Words("对外移交证据原件", "Hand over original evidence"),
        permit_originals,
        describe_hand_overs,
    ),
    "evidence.lift_hold": Act(
        "evidence.lift_hold", Words("解除法务留存", "Lift a legal hold"), lift_approved, describe_lifts
    ),
    "evidence.erase": Act(
        "evidence.erase", Words("删除证据内容", "Erase evidence"), erase_evidence_approved, describe_evidence_erasures
    ),
    "data.erase": Act("data.erase", Words("删除个人信息", "Erase personal data"), erase_approved, describe_erasures),
    "data.lift_hold": Act(
        "evidence.lift_hold",
        Words("解除对个人的法务留存", "Lift a legal hold on a person"),
        release_hold_approved,
        describe_person_lifts,
    ),
    "field.reveal_identity": Act(
        "field.reveal_identity", Words("查看证件号码", "Reveal an ID number"), permit_reveal, describe_reveals
    ),
    "person.invite": Act(
        "person.invite",
        Words("邀请人员", "Invite somebody"),
        open_invitation_approved,
        describe_invitations,
        undo=withdraw_unconfirmed,
        can_go_ahead=True,
    ),
    "person.reenrol": Act(
        "person.reenrol",
        Words("帮同事重新登录", "Help a colleague back in"),
        reenrol_approved,
        describe_reenrolments,
        let_go=let_go_of_reenrolment,
    ),
    "person.grant_role": Act(
        "person.invite",
        Words("授予角色", "Give a role"),
        grant_role_approved,
        describe_roles,
        undo=take_role_back,
        can_go_ahead=True,
    ),
}
