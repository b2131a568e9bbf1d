"""What was done about an incident, in few words: for briefs, and for what others did meanwhile."""

from __future__ import annotations

from collections.abc import Mapping

from anxin.desk.foundation.ui.words import Words

DEEDS: Mapping[str, Words] = {
    "promote": Words("建立事件", "opened"),
    "signal": Words("收到线索", "got a signal"),
    "start": Words("开始响应", "started"),
    "dismiss": Words("排除", "dismissed"),
    "record_no_action": Words("决定无需处置", "decided that nothing is needed"),
    "protect": Words("保护措施已被接受", "a measure was accepted"),
    "contain": Words("已受控", "contained"),
    "record_loss": Words("填写损失", "recorded the loss"),
    "record_finding": Words("责任认定", "recorded the finding"),
    "submit": Words("提交校验", "submitted"),
    "fail_verify": Words("校验未通过", "verification failed"),
    "verify": Words("校验通过", "verified"),
    "close": Words("关闭", "closed"),
    "reopen": Words("重新打开", "reopened"),
    "merge": Words("合并", "merged"),
    "absorb": Words("吸收其他事件", "took another in"),
    "split": Words("拆分", "split"),
    "claim": Words("认领", "claimed"),
    "release": Words("放开", "released"),
    "offer_handover": Words("提出交接", "offered a hand-over"),
    "accept_handover": Words("接收交接", "took it over"),
    "decline_handover": Words("未接收交接", "declined a hand-over"),
    "triage": Words("确认级别", "confirmed the level"),
    "raise_level": Words("提高级别", "raised the level"),
    "lower_level": Words("降低级别", "lowered the level"),
    "pause": Words("暂停计时", "paused the clock"),
    "resume": Words("恢复计时", "resumed the clock"),
    "log_contact": Words("联系", "contact"),
    "reply": Words("发出回复", "replied"),
    "reply_delivered": Words("回复已送达", "the reply was delivered"),
    "reply_failed": Words("回复未送达", "the reply was not delivered"),
    "begin_care": Words("开始核实", "began a careful check"),
    "end_care": Words("核实结束", "ended the careful check"),
    "note": Words("内部备注", "note"),
    "open_task": Words("请部门协助", "asked a department"),
    "accepted_task": Words("部门接受任务", "a department accepted"),
    "declined_task": Words("部门拒绝任务", "a department declined"),
    "done_task": Words("部门完成任务", "a department finished"),
    "consult": Words("请教导师", "asked a mentor"),
    "consult_answer": Words("导师已答复", "the mentor answered"),
    "consult_rate": Words("评价咨询", "rated the advice"),
    "waive": Words("豁免时限", "waived the promise"),
    "stall": Words("无人推进，已释放", "stalled and was released"),
    "extend_lease": Words("继续持有", "stayed on it"),
    "recompute": Words("重算时限", "clocks computed anew"),
}


def deed_words(kind: str) -> Words:
    """Return what a kind of event is called, its code when nobody named it."""
    return DEEDS.get(kind, Words(kind, kind))
