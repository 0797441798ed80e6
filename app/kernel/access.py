"""Doors: what a page or socket event demands of the person before it runs.

A rule is required where a page is registered, is asked before every request, and loads the thing
that the address names, scoped to the actor. Absent and forbidden are one answer: 404.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Flask, Response, abort, current_app, request

from app.kernel import actor as actors
from app.kernel import clock
from app.kernel.actor import MEMBERS, Actor, Power, Role, Stage

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
Loader = Callable[[Actor, UUID], Any]
Powers = Callable[[Actor], frozenset[Power]]
# Of a door that is open to all: there may be nobody.
OpenLoader = Callable[[Actor | None, UUID], Any]


class DoorError(TypeError):
    """A page or event was registered without a sufficient rule; found at import."""


class SignInNeeded(Exception):
    """Nobody is signed in far enough; `stage` is how far they have come."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage.name)
        self.stage = stage


class FactorNeeded(Exception):
    """The page is for someone who has just shown a second factor again."""


class TrustNeeded(Exception):
    """The page has to wait: its person came back without their factors only days ago."""


class SignInDone(Exception):
    """A step of signing in was opened by someone who is already signed in."""


@dataclass(frozen=True, slots=True)
class Access:
    """A rule. `loads` maps each id in the address to the query that may load it.

    `full_trust` keeps out, for a few days, whoever lost all factors and was let in again by staff.

    `fresh` asks for a second factor of the last minutes, for what weighs more than a signed-in
    page left open; `recovery` lets a recovery code stand in for it, where factors are replaced.
    `carers` is the power without which a carer finds nothing here.
    `officer` lets in privacy officers alone.
    """

    stage: Stage
    roles: frozenset[Role]
    writes: bool = False
    loads: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    reason: str = ""
    full_trust: bool = False
    fresh: bool = False
    recovery: bool = False
    carers: Power | None = None
    officer: bool = False

    def admit(self, actor: Actor | None) -> None:
        """Raise SignInNeeded or SignInDone, or answer 404, unless this person may pass."""
        if self.stage is Stage.ANYONE:
            return
        if actor is None or actor.stage < self.stage:
            raise SignInNeeded(Stage.ANYONE if actor is None else actor.stage)
        if actor.role not in self.roles or (self.officer and not actor.officer):
            abort(404)
        if not holds(actor, self.carers):
            abort(404)
        if actor.stage > self.stage:
            raise SignInDone

    def confirm(self, actor: Actor | None) -> None:
        """Raise TrustNeeded or FactorNeeded unless they may do something weighty right now.

        Asked last: whoever finds nothing here is not asked for a code first.
        """
        if self.full_trust and actor is not None and actor.is_limited(clock.now()):
            raise TrustNeeded
        if not self.fresh:
            return
        if actor is None or not actor.is_fresh(clock.now(), recovery=self.recovery):
            raise FactorNeeded

    def load(self, actor: Actor | None, name: str, number: UUID) -> Any:
        """The thing itself, or 404. Only a door that is open to all asks for nobody."""
        known = actor is not None or self.stage is Stage.ANYONE
        thing = self.loads[name](actor, number) if known else None
        if thing is None:
            abort(404)
        return thing


def holds(actor: Actor, power: Power | None) -> bool:
    """Whether no missing power keeps this person out; asks anew whom a carer may act for."""
    if actor.role is not Role.CARER or power is None:
        return True
    powers: Powers = current_app.extensions["powers"]
    return power in powers(actor)


def with_carers(roles: Iterable[Role], carers: Power | None) -> frozenset[Role]:
    """The roles that may pass, with that of carers where a power opens the way to them."""
    return frozenset(roles) | ({Role.CARER} if carers else frozenset())


def anyone(*, reason: str, writes: bool = False, **loads: OpenLoader) -> Access:
    """Open to all, signed in or not; says why. An id in the address is then itself the key."""
    return Access(Stage.ANYONE, frozenset(), writes, loads, reason)


def half_way(*, reason: str, writes: bool = False) -> Access:
    """Open after the password and before the second factor only; shows no personal data."""
    return Access(Stage.PASSWORD, frozenset(MEMBERS), writes, reason=reason)


def signed_in(
    *roles: Role,
    writes: bool = False,
    full_trust: bool = False,
    fresh: bool = False,
    recovery: bool = False,
    carers: Power | None = None,
    officer: bool = False,
    **loads: Loader,
) -> Access:
    """Open after both factors, to these roles: every member of the clinic when none is named.

    `full_trust` shuts it in the days after staff let somebody in again without any factor.
    A guest opens what names guests, and nothing else. With `fresh`, to whoever gave a second
    factor within the last minutes; with `officer`, to privacy officers alone; with `carers`, to
    carers too whom their patient gave that power.
    """
    return Access(
        Stage.FULL,
        with_carers(roles or MEMBERS, carers),
        writes,
        loads,
        full_trust=full_trust,
        fresh=fresh,
        recovery=recovery,
        officer=officer,
        carers=carers,
    )


def check_door(where: str, access: object, methods: set[str], names: set[str]) -> None:
    """Refuse at import a door without a rule, a writing rule or a loading rule it needs."""
    if not isinstance(access, Access):
        raise DoorError(f"{where}: access= must be a rule from app.kernel.access")
    if methods - SAFE_METHODS and not access.writes:
        raise DoorError(f"{where}: {sorted(methods - SAFE_METHODS)} needs a rule that writes")
    if names != set(access.loads):
        raise DoorError(f"{where}: loads {sorted(access.loads)} for ids {sorted(names)}")


def rule_for(app: Flask, endpoint: str) -> Access | None:
    """The rule of an endpoint, or None where there is none (and so nobody may enter)."""
    found = getattr(app.view_functions.get(endpoint), "access", None)
    return found if isinstance(found, Access) else None


def guard() -> Response | None:
    """Ask the rule of the page before it runs, and hand it the things instead of their ids."""
    if request.endpoint is None:
        return None  # No such page: routing already answers 404.
    access = rule_for(current_app, request.endpoint)
    if access is None:
        abort(404)
    actor = actors.current()
    access.admit(actor)
    for name in access.loads:
        number = (request.view_args or {})[name]
        (request.view_args or {})[name] = access.load(actor, name, number)
    access.confirm(actor)
    return None
