"""The menu: rooms register entries at start-up; each person sees their role's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import request, url_for

from app.kernel import actor as actors
from app.kernel.access import holds, with_carers
from app.kernel.actor import Actor, Power, Role

Count = Callable[[Actor], int]
Only = Callable[[Actor], bool]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as registered."""

    roles: frozenset[Role]
    label: object
    endpoint: str
    icon: str
    order: int
    count: Count | None
    only: Only | None
    carers: Power | None


@dataclass(frozen=True, slots=True)
class Item:
    """One entry as shown to a person on a page."""

    label: object
    endpoint: str
    url: str
    icon: str
    current: bool
    count: int


_entries: dict[tuple[str, frozenset[Role]], Entry] = {}


def entry(
    *roles: Role,
    label: object,
    endpoint: str,
    icon: str,
    order: int,
    count: Count | None = None,
    only: Only | None = None,
    carers: Power | None = None,
) -> None:
    """Register a menu entry; `count` says how many things wait there for a person.

    With `only`, of those with the roles the people see it for whom that is so; with `carers`,
    carers see it too whom their patient gave that power.
    """
    kept = with_carers(roles, carers)
    _entries[endpoint, kept] = Entry(kept, label, endpoint, icon, order, count, only, carers)


def navigation() -> list[Item]:
    """The menu of the person signed in, in order; the room of this page is current."""
    actor = actors.current()
    if actor is None or actor.stage < actors.Stage.FULL:
        return []
    found = [
        one
        for one in _entries.values()
        if actor.role in one.roles
        and (one.only is None or one.only(actor))
        and holds(actor, one.carers)
    ]
    here = (request.endpoint or "").partition(".")[0]
    return [
        Item(
            one.label,
            one.endpoint,
            url_for(one.endpoint),
            one.icon,
            one.endpoint == request.endpoint or one.endpoint.partition(".")[0] == here,
            one.count(actor) if one.count else 0,
        )
        for one in sorted(found, key=lambda one: one.order)
    ]
