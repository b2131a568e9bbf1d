"""What a request for a measure comes to, in one sentence for whoever decides at three in the morning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Count

from anxin.desk.foundation.approvals.acts import Description
from anxin.desk.foundation.ui.words import Words, say
from anxin.desk.operations.measures.catalogue import measures, reasons
from anxin.desk.operations.measures.models import ActionRequest, Batch

_SENTENCE = Words("{measure}：{about}{amount}，原因“{reason}”", "{measure}: {about}{amount}, because of {reason}")
_MANY = Words("{measure}：{n} 个对象，原因“{reason}”", "{measure}: {n} targets, because of {reason}")
_AMOUNT = Words("，涉及 {yuan} 元", ", {yuan} CNY at stake")


def describe_requests(organisation_id: str, ids: Sequence[str]) -> Mapping[str, Description]:
    """Return measure, whom it is about, the amount and the reason of each; those that are not there are left out."""
    rows = ActionRequest.objects.filter(organisation_id=organisation_id, pk__in=ids)
    return {row.id: Description(Words(_in("zh", row), _in("en", row)), f"/measures/{row.id}/") for row in rows}


def describe_batches(organisation_id: str, ids: Sequence[str]) -> Mapping[str, Description]:
    """Return measure, how many it is about and the reason of each batch; those that are not there are left out."""
    rows = Batch.objects.filter(organisation_id=organisation_id, pk__in=ids).annotate(count=Count("items"))
    return {row.id: Description(_of_batch(row, row.count), f"/measures/batches/{row.id}/") for row in rows}


def _of_batch(row: Batch, count: int) -> Words:
    said = (
        say(
            _MANY, each, n=count, measure=say(measures()[row.kind].words, each), reason=say(reasons()[row.reason], each)
        )
        for each in ("zh", "en")
    )
    return Words(*said)


def _in(language: str, row: ActionRequest) -> str:
    yuan = "" if row.amount_minor is None else say(_AMOUNT, language, yuan=f"{row.amount_minor / 100:,.2f}")
    return say(
        _SENTENCE,
        language,
        measure=say(measures()[row.kind].words, language),
        about=f"{row.entity_kind} {row.entity_key}",
        amount=yuan,
        reason=say(reasons()[row.reason], language),
    )
