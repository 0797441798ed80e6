"""One code, however many try it at once, lets one of them in: on both engines."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from app.accounts import operations, queries
from app.accounts.operations import authenticators, recovery
from app.kernel import db
from app.kernel.actor import Role, Stage
from tests.accounts.steps import new_codes
from tests.support.portal import COOKIE, Portal, Someone, Visitor

CROWD = 50


def at_once(act: Callable[[int], bool]) -> int:
    """How many of fifty tries succeed when sixteen are under way at any moment."""
    with ThreadPoolExecutor(16) as pool:
        return sum(pool.map(act, range(CROWD)))


def waiting(portal: Portal, someone: Someone, page: str) -> Visitor:
    """A browser of its own before a page that asks for a code."""
    visitor = portal.visit()
    with portal.inside(), db.writing():
        token = operations.open_session(someone.id, Stage.PASSWORD)
    visitor.client.set_cookie(COOKIE, token, domain="nearside.test", secure=True)
    visitor.get(page)
    return visitor


def posted(portal: Portal, ana: Someone, path: str, **typed: str) -> int:
    """How many of fifty browsers get in that send this form at once."""
    crowd = [waiting(portal, ana, path) for _ in range(CROWD)]

    def post(number: int) -> bool:
        answer = crowd[number].post(path, {**crowd[number].filled(path), **typed})
        assert answer.status_code in {303, 422, 429}
        return answer.status_code == 303

    return at_once(post)


def test_one_code_posted_by_fifty_browsers_signs_one_in(portal_on_each: Portal) -> None:
    ana = portal_on_each.person(Role.PATIENT)
    code = portal_on_each.code(ana)
    assert posted(portal_on_each, ana, "/sign-in/code", code=code) == 1


def test_one_recovery_code_posted_by_fifty_browsers_signs_one_in(portal_on_each: Portal) -> None:
    ana = portal_on_each.person(Role.PATIENT)
    code = new_codes(portal_on_each, ana)[0]
    assert posted(portal_on_each, ana, "/sign-in/recovery", recovery_code=code) == 1
    with portal_on_each.inside():
        assert queries.recovery_codes_left(ana.id) == 9


def test_one_time_step_taken_fifty_times_at_once_is_taken_once(portal_on_each: Portal) -> None:
    portal = portal_on_each
    ana = portal.person(Role.PATIENT)
    with portal.inside():
        factor = queries.authenticator_of(ana.id)
        assert factor is not None
        number, step = factor.id, factor.last_step + 1

    def take(_turn: int) -> bool:
        with portal.inside(), db.writing(claims=False) as session:
            return authenticators._take_step(session, number, step)

    assert at_once(take) == 1


def test_one_recovery_code_spent_fifty_times_at_once_is_spent_once(
    portal_on_each: Portal,
) -> None:
    portal = portal_on_each
    ana = portal.person(Role.PATIENT)
    code = new_codes(portal, ana)[0]

    def spend(_turn: int) -> bool:
        with portal.inside():
            return recovery.spend(ana.id, code)

    assert at_once(spend) == 1
    with portal.inside():
        assert queries.recovery_codes_left(ana.id) == 9
