"""How batches and their results are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from anxin.desk.foundation.ui.vocabulary import Mark
from anxin.desk.foundation.ui.words import Words
from anxin.desk.operations.measures.batches.queries import ItemLine
from anxin.desk.operations.measures.panels import STATES

_BATCH: Mapping[str, Mark] = {
    "waiting": Mark(Words("等待第二人同意", "waits for a second person"), "user-check", "warning"),
    "under_way": Mark(Words("正在逐个下达", "under way"), "loader", "info"),
    "done": Mark(Words("已逐个下达", "done"), "circle-check", "ok"),
    "undone": Mark(Words("已整批撤销", "taken back"), "undo-2", "neutral"),
    "declined": Mark(Words("未获同意", "declined"), "ban", "neutral"),
}
OUTCOMES: Mapping[str, Mark] = {
    "open": Mark(Words("未下达", "not yet ordered"), "hourglass", "info"),
    "ordered": Mark(Words("已下达", "ordered"), "shield", "ok"),
    "refused": Mark(Words("未下达：被拒", "refused"), "octagon-alert", "warning"),
    "undone": Mark(Words("已撤销", "taken back"), "undo-2", "neutral"),
}
_WHY: Mapping[str, Words] = {
    "measure.standing": Words("已有同类措施在执行", "such a measure stands already"),
    "measure.over_cap": Words("超出可独立处置的范围", "beyond what one may do alone"),
    "measure.certificate_needed": Words("需要应急处置证书", "needs the emergency certificate"),
    "measure.frozen_often": Words("近期多次冻结，由值班组长处理", "frozen often lately: the shift lead decides"),
    "measure.not_standing": Words("措施已结束", "it has ended"),
    "permission.quota_spent": Words("本班额度已用完", "this shift's quota is spent"),
    "permission.missing": Words("您无此权限", "you may not"),
    "desk.field_invalid": Words("不适用于该对象", "does not fit this"),
}
_OTHER = Words("未执行", "not done")


@dataclass(frozen=True)
class ItemRow:
    """One target with its marks; `why` None when nothing was refused, `state` None without a measure."""

    line: ItemLine
    mark: Mark
    why: Words | None
    state: Mark | None


def item_rows(lines: Iterable[ItemLine]) -> tuple[ItemRow, ...]:
    """Return the targets as they are shown."""
    return tuple(
        ItemRow(
            each,
            OUTCOMES[each.outcome],
            why(each.refusal) if each.refusal else None,
            STATES.get(each.state) if each.outcome == "ordered" else None,
        )
        for each in lines
    )


def state_mark(state: str) -> Mark:
    """Return how a batch stands."""
    return _BATCH[state]


def outcome_mark(outcome: str) -> Mark:
    """Return what came of one target."""
    return OUTCOMES[outcome]


def why(code: str) -> Words:
    """Return in a few words why a target was refused."""
    return _WHY.get(code, _OTHER)
