"""Who is on call now and next, and when nobody is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.models import Organisation, Person, Site
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.ui.words import Words
from anxin.desk.operations.rota.models import Layer, Override
from anxin.desk.operations.rota.plan import Shift, Stretch, WeeklyLayer, gaps, people_at, shifts_of, stretches
from anxin.desk.operations.rota.roles import duty_roles, find_role

SOON, WEEK = timedelta(hours=12), timedelta(days=7)


@dataclass(frozen=True)
class Turn:
    """Who is on call for a while, as sign-in names; nobody is a gap."""

    begin: datetime
    end: datetime
    people: tuple[str, ...]


@dataclass(frozen=True)
class PostLine:
    """One role at one place: who has it now (until when), who comes next, and the gaps of the next seven days."""

    role: str
    words: Words
    site_id: str
    site: str
    now: Turn
    next: Turn | None
    gaps: tuple[Turn, ...]
    is_mine: bool


@dataclass(frozen=True)
class PlanLine:
    """One plan as somebody made it; a layer has weekdays and times of day, an override two instants."""

    id: str
    words: Words
    person: str
    site: str
    weekdays: str = ""
    from_time: time | None = None
    until_time: time | None = None
    from_at: datetime | None = None
    until_at: datetime | None = None
    is_taken: bool = False


def has_rota(organisation_id: str) -> bool:
    """Return whether anybody ever planned anything that stands; without it nobody is off duty."""
    layers = Layer.objects.filter(organisation_id=organisation_id, ended_at=None)
    overrides = Override.objects.filter(organisation_id=organisation_id, ended_at=None)
    return layers.exists() or overrides.exists()


def is_on_shift(*, by: Actor, at: datetime) -> bool:
    """Return whether somebody is on call for anything; everybody is where nobody plans."""
    if by.person_id is None or not has_rota(by.organisation_id):
        return True
    posts = _posts(by.organisation_id, at, at + timedelta(seconds=1))
    return any(by.person_id in people_at(shifts, at) for shifts in posts.values())


def who_is(*, organisation_id: str, step: str, site_id: str, at: datetime) -> tuple[str, ...] | None:
    """Return whom a step of the ladder calls: ids of people who still work here, nobody when there is a gap.

    None: no rota says, because nobody plans here, or because the step calls nobody in person.
    """
    role = find_role(step)
    if role is None or not has_rota(organisation_id):
        return None
    posts = _posts(organisation_id, at, at + timedelta(seconds=1))
    return people_at(_for_site(posts, role, site_id), at)


def people_on_call(*, organisation_id: str, at: datetime, roles: Sequence[str]) -> tuple[str, ...]:
    """Return who is on call at any site for these roles, in the order of the roles."""
    posts = _posts(organisation_id, at, at + timedelta(seconds=1))
    found = [person for role in roles for person in people_at(_for_site(posts, role, ""), at)]
    return tuple(dict.fromkeys(found))


def end_of_shift(*, organisation_id: str, role: str, site_id: str, at: datetime) -> datetime | None:
    """Return when the stretch that runs at `at` ends, None when nobody is on call."""
    shifts = _for_site(_posts(organisation_id, at, at + WEEK), role, site_id)
    first = next(iter(stretches(shifts, at, at + WEEK)), None)
    return first.end if first is not None and first.people else None


def list_posts(*, by: Actor, at: datetime) -> tuple[PostLine, ...]:
    """Return every role at every place that somebody plans for, and those that always need somebody."""
    require(by, "desk.open")
    posts = _posts(by.organisation_id, at, at + WEEK)
    places = set(posts) | {("", each.code) for each in duty_roles().values() if each.is_needed}
    names = _names({each.person_id for shifts in posts.values() for each in shifts})
    sites = _site_names(by.organisation_id)
    order = list(duty_roles())
    chosen = sorted(places, key=lambda key: (key[0], order.index(key[1])))
    return tuple(
        _line((site_id, role), _for_site(posts, role, site_id), by, at=at, names=names, sites=sites)
        for site_id, role in chosen
        if by.sites is None or not site_id or site_id in by.sites
    )


def list_plans(*, by: Actor, at: datetime) -> tuple[PlanLine, ...]:
    """Return the layers and the overrides that stand, by role."""
    require(by, "desk.open")
    layers = list(Layer.objects.filter(organisation_id=by.organisation_id, ended_at=None).order_by("role", "id"))
    open_ones = Override.objects.filter(organisation_id=by.organisation_id, ended_at=None, until_at__gt=at)
    overrides = list(open_ones.order_by("role", "from_at"))
    names = _names({each.person_id for each in layers} | {each.person_id for each in overrides})
    sites = _site_names(by.organisation_id)
    lines = [
        PlanLine(
            each.id,
            duty_roles()[each.role].words,
            names.get(each.person_id, ""),
            sites.get(each.site_id, ""),
            weekdays=each.weekdays,
            from_time=each.from_time,
            until_time=each.until_time,
        )
        for each in layers
    ]
    lines += [
        PlanLine(
            each.id,
            duty_roles()[each.role].words,
            names.get(each.person_id, ""),
            sites.get(each.site_id, ""),
            from_at=each.from_at,
            until_at=each.until_at,
            is_taken=each.how == "taken",
        )
        for each in overrides
    ]
    return tuple(lines)


def list_gaps(
    *, organisation_id: str, at: datetime, within: timedelta = SOON
) -> tuple[tuple[str, str, datetime, datetime], ...]:
    """Return the gaps to come as (site, role, from, until), soonest first; nothing where nobody plans."""
    if not has_rota(organisation_id):
        return ()
    posts = _posts(organisation_id, at, at + within)
    needed = {("", each.code) for each in duty_roles().values() if each.is_needed}
    found = [
        (site_id, role, gap.begin, gap.end)
        for site_id, role in set(posts) | needed
        for gap in gaps(_for_site(posts, role, site_id), at, at + within)
    ]
    return tuple(sorted(found, key=lambda gap: (gap[2], gap[0], gap[1])))


def list_choices(*, by: Actor) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """Return the people (id, sign-in name) and the sites (id, name) that a plan may name."""
    require(by, "desk.open")
    people = Person.objects.filter(organisation_id=by.organisation_id, is_active=True).order_by("username")
    return tuple(people.values_list("id", "username")[:500]), tuple(_site_names(by.organisation_id).items())


def zone_of(organisation_id: str) -> str:
    """Return the zone in which plans are made."""
    return Organisation.objects.values_list("time_zone", flat=True).get(pk=organisation_id)


Posts = Mapping[tuple[str, str], Sequence[Shift]]


def _posts(organisation_id: str, begin: datetime, end: datetime) -> Posts:
    """Return the shifts of the window by (site, role), of people who work here; a planned role without any is there."""
    layers = list(Layer.objects.filter(organisation_id=organisation_id, ended_at=None))
    rows = Override.objects.filter(organisation_id=organisation_id, ended_at=None, from_at__lt=end, until_at__gt=begin)
    overrides = list(rows.order_by("id"))
    wanted = {each.person_id for each in layers} | {each.person_id for each in overrides}
    here = set(Person.objects.filter(pk__in=wanted, is_active=True).values_list("id", flat=True))
    posts: dict[tuple[str, str], list[Shift]] = {}
    for layer in layers:
        shifts = posts.setdefault((layer.site_id, layer.role), [])
        if layer.person_id in here:
            shifts.extend(shifts_of(_weekly(layer), begin, end))
    for number, each in enumerate(overrides, start=1):
        shifts = posts.setdefault((each.site_id, each.role), [])
        if each.person_id in here:
            shifts.append(Shift(each.id, each.person_id, each.from_at, each.until_at, (number, 0), is_override=True))
    return posts


def _for_site(posts: Posts, role: str, site_id: str) -> Sequence[Shift]:
    """Return the shifts that count at a place: its own and the whole organisation's; without a place, all of them."""
    return [
        shift
        for (where, what), shifts in posts.items()
        if what == role and (not site_id or where in ("", site_id))
        for shift in shifts
    ]


def _weekly(row: Layer) -> WeeklyLayer:
    return WeeklyLayer(
        layer_id=row.id,
        person_id=row.person_id,
        zone=row.zone,
        weekdays=frozenset(int(each) for each in row.weekdays),
        from_time=row.from_time,
        until_time=row.until_time,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        priority=row.priority,
    )


def _line(
    post: tuple[str, str],
    shifts: Sequence[Shift],
    by: Actor,
    *,
    at: datetime,
    names: Mapping[str, str],
    sites: Mapping[str, str],
) -> PostLine:
    site_id, role = post
    parts = stretches(shifts, at, at + WEEK)
    turns = [_turn(each, names) for each in parts]
    return PostLine(
        role=role,
        words=duty_roles()[role].words,
        site_id=site_id,
        site=sites.get(site_id, ""),
        now=turns[0],
        next=turns[1] if len(turns) > 1 else None,
        gaps=tuple(each for each in turns if not each.people),
        is_mine=by.person_id in parts[0].people,
    )


def _turn(each: Stretch, names: Mapping[str, str]) -> Turn:
    return Turn(each.begin, each.end, tuple(names.get(person, "") for person in each.people))


def _names(people: set[str]) -> Mapping[str, str]:
    return dict(Person.objects.filter(pk__in=people).values_list("id", "username"))


def _site_names(organisation_id: str) -> Mapping[str, str]:
    rows = Site.objects.filter(organisation_id=organisation_id, closed_at=None).order_by("name")
    return dict(rows.values_list("id", "name"))
