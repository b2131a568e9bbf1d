"""Calls about lists: which there are, who is on them, changes asked for and taken back, look-up."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema, Status

from anxin.desk.decisioning.lists import actions
from anxin.desk.decisioning.lists.lines import TypedLine, limited, parse_lines
from anxin.desk.decisioning.lists.membership import look_up
from anxin.desk.decisioning.lists.queries import get_change, list_items, list_lists, page_entries
from anxin.desk.decisioning.lists.reviewing import LineResult, Wanted, review_change
from anxin.desk.foundation.api.calls import caller
from anxin.desk.foundation.api.given import Given
from anxin.desk.foundation.api.places import number_from
from anxin.desk.foundation.ui.words import say

router = Router(tags=["lists"])


class ListOut(Schema):
    """One list of the policy in force."""

    name: str
    text: str
    colour: str
    kind: str
    owner: str
    rules: list[str]
    by_people: int
    by_policy: int


class ListsOut(Schema):
    """The lists by name."""

    items: list[ListOut]


class ListEntryOut(Schema):
    """One entry; `value` is a keyed token where it is personal, `until` null: no end."""

    value: str
    entry_kind: str
    reason: str
    placed_by: str
    source: str
    at: datetime | None
    until: datetime | None


class EntriesOut(Schema):
    """A page of entries, newest first."""

    items: list[ListEntryOut]
    next: str | None


class LineIn(Given):
    """One value; `days` and `reason` null: those of the whole change."""

    value: str
    days: int | None = None
    reason: str | None = None


class ChangeIn(
    Given,
    json_schema_extra={
        "examples": [
            {
                "act": "put",
                "lines": [{"value": "13800138000", "days": 90}, {"value": "17012345678"}],
                "reason": "confirmed_fraud",
                "days": 30,
                "dry_run": True,
            }
        ]
    },
):
    """A change: `act` put or remove, of lines or of a pasted text.

    `dry_run` says what each line would do, and does nothing.
    """

    act: str = "put"
    lines: tuple[LineIn, ...] = ()
    text: str = ""
    reason: str
    days: int = 30
    note: str = ""
    dry_run: bool = False


class ListResultOut(Schema):
    """What one line would do; `shown` is masked where it is personal."""

    number: int
    shown: str
    outcome: str
    why: str


class ChangeOut(Schema):
    """One change of a list."""

    id: str
    list_name: str
    act: str
    state: str
    count: int
    requested_label: str
    requested_at: datetime
    approval_id: str
    ordered_at: datetime | None
    undone_at: datetime | None


class ListReviewOut(Schema):
    """Each line's result, and the change that was asked for (null after a dry run)."""

    results: list[ListResultOut]
    change: ChangeOut | None


class ItemOut(Schema):
    """One entry of a change and how it stands; `refusal` is the gateway's code."""

    key: str
    entry_kind: str
    reason: str
    state: str
    refusal: str


class ItemsOut(Schema):
    """A page of a change's entries; `next` is what to give as `after`."""

    change: ChangeOut
    items: list[ItemOut]
    next: int | None


class LookupIn(Given, json_schema_extra={"examples": [{"value": "13800138000"}]}):
    """What to look up. It comes in a body, never in a URL."""

    value: str


class MembershipOut(Schema):
    """A list that the value is on."""

    list_name: str
    colour: str
    entry_kind: str
    reason: str
    until: datetime | None


class LookupOut(Schema):
    """Every list that the value is on."""

    items: list[MembershipOut]


class ChangeNoteIn(Given):
    """Why."""

    note: str = ""


@router.get("/lists", response=ListsOut)
def lists(request: HttpRequest) -> dict[str, object]:
    """List the lists of the policy in force."""
    by, at = caller(request)
    found = []
    for each in list_lists(by=by, at=at):
        declared = each.declared
        counted = {"by_people": each.by_people, "by_policy": each.by_policy, "text": say(declared.words)}
        named = {name: getattr(declared, name) for name in ("name", "colour", "kind", "owner", "rules")}
        found.append(named | counted)
    return {"items": found}


@router.get("/lists/{slug:name}/entries", response=EntriesOut)
def entries(request: HttpRequest, name: str, cursor: str = "", limit: int = 50) -> dict[str, object]:
    """List who is on a list."""
    by, at = caller(request)
    found = page_entries(name, by=by, at=at, cursor=cursor or None, limit=max(1, min(limit, 200)))
    return {"items": [asdict(each) | {"value": each.key} for each in found.items], "next": found.cursor}


@router.post("/lists/{slug:name}/changes", response={200: ListReviewOut, 201: ListReviewOut})
def change(request: HttpRequest, name: str, body: ChangeIn) -> Status[dict[str, object]]:
    """Ask a second person for a change of a list, or say what it would do."""
    by, at = caller(request)
    wanted = Wanted(body.act, name, _lines(body), body.reason, body.days)
    results = [_result(each) for each in review_change(wanted, by=by, at=at).results]
    if body.dry_run:
        return Status(200, {"results": results, "change": None})
    asked = actions.ask_for_change(wanted, note=body.note, by=by, at=at)
    return Status(201, {"results": results, "change": asdict(get_change(change_id=asked.id, by=by))})


@router.get("/list-changes/{slug:change_id}", response=ItemsOut)
def get(request: HttpRequest, change_id: str, after: int = number_from(-1)) -> dict[str, object]:
    """Return one change with a page of its entries."""
    by, _ = caller(request)
    items, last = list_items(change_id=change_id, by=by, after=after)
    shown = [asdict(each) for each in items]
    return {
        "change": asdict(get_change(change_id=change_id, by=by)),
        "items": shown,
        "next": last if last >= 0 else None,
    }


@router.post("/list-changes/{slug:change_id}:undo", response=ChangeOut)
def undo(request: HttpRequest, change_id: str, body: ChangeNoteIn) -> dict[str, object]:
    """Take a change back as a whole."""
    by, at = caller(request)
    actions.undo_change(change_id=change_id, note=body.note, by=by, at=at)
    return asdict(get_change(change_id=change_id, by=by))


@router.post("/lists:lookup", response=LookupOut)
def lookup(request: HttpRequest, body: LookupIn) -> dict[str, object]:
    """Say whether something is on a list."""
    by, at = caller(request)
    return {"items": [asdict(each) for each in look_up(body.value, by=by, at=at).memberships]}


def _lines(body: ChangeIn) -> tuple[TypedLine, ...]:
    pasted = parse_lines(body.text)
    given = tuple(
        TypedLine(number, each.value, "" if each.days is None else str(each.days), each.reason or "")
        for number, each in enumerate(body.lines, start=1)
    )
    return limited((*given, *pasted))


def _result(each: LineResult) -> dict[str, object]:
    why = say(each.why) if each.why is not None else ""
    return {"number": each.number, "shown": each.shown, "outcome": each.outcome, "why": why}
