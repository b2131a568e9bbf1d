"""The one table of what other packages show on the page of an incident.

A package offers a fragment under its own path, rendered without frame when htmx asks, and adds one line here. The line
shows once its `url` is a path that takes `incident_id`, to people who hold one of its permissions.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.ui.words import Words


class Place(enum.StrEnum):
    """Where on the page: beside the risk card, a tab beneath the timeline, or a button of the strip that opens one."""

    CONTEXT = "context"
    TAB = "tab"
    STRIP = "strip"


@dataclass(frozen=True)
class ListedPanel:
    """A fragment of another package. `key` is its single key ("" for none), `permissions` any of which opens it.

    `is_urgent` loads it with the page; the others load when they are first looked at.
    """

    name: str
    words: Words
    url: str
    place: Place
    icon: str = "panel-right"
    key: str = ""
    permissions: tuple[str, ...] = ()
    is_urgent: bool = False


@dataclass(frozen=True)
class PanelDoor:
    """A panel as one person may open it for one incident."""

    panel: ListedPanel
    href: str


PANELS: tuple[ListedPanel, ...] = (
    ListedPanel(
        "evidence",
        Words("证据", "Evidence"),
        "evidence:panel",
        Place.TAB,
        icon="folder-lock",
        key="e",
        permissions=("evidence.view", "evidence.collect", "incident.view"),
    ),
    ListedPanel(
        "tasks",
        Words("部门任务", "Department tasks"),
        "department_tasks:panel",
        Place.TAB,
        icon="building-2",
        key="d",
        permissions=("incident.view",),
    ),
    ListedPanel(
        "consults",
        Words("请教导师", "Ask a mentor"),
        "consults:panel",
        Place.TAB,
        icon="message-circle-question-mark",
        key="m",
        permissions=("incident.view",),
    ),
    ListedPanel(
        "handover",
        Words("交接", "Hand over"),
        "handovers:panel",
        Place.TAB,
        icon="hand-helping",
        key="h",
        permissions=("incident.work",),
    ),
    ListedPanel(
        "room",
        Words("作战室", "War room"),
        "room_panel",
        Place.TAB,
        icon="users-round",
        permissions=("incident.view",),
    ),
    ListedPanel(
        "victims",
        Words("受害人", "Victims"),
        "storm_panel",
        Place.TAB,
        icon="users",
        permissions=("entity.view",),
    ),
    ListedPanel(
        "review",
        Words("复盘", "Review"),
        "review_panel",
        Place.TAB,
        icon="notebook-pen",
        permissions=("review.view",),
    ),
    ListedPanel(
        "cases",
        Words("相似案例", "Similar cases"),
        "cases_like",
        Place.TAB,
        icon="library",
        permissions=("case.view",),
    ),
)
"""In the order in which they stand; correct the `url` of a line, or add one, where the package lies."""


def list_panels(place: Place, *, incident_id: str, by: Actor) -> tuple[PanelDoor, ...]:
    """Return the panels of one place that exist and that the actor may open."""
    return tuple(
        PanelDoor(each, href)
        for each in PANELS
        if each.place is place and _is_open(each, by) and (href := _find(each.url, incident_id)) is not None
    )


def _is_open(panel: ListedPanel, by: Actor) -> bool:
    return not panel.permissions or any(by.grant(code) is not None for code in panel.permissions)


def _find(url: str, incident_id: str) -> str | None:
    try:
        return reverse(url, kwargs={"incident_id": incident_id})
    except NoReverseMatch:
        return None
