"""Limits count in the database, so a crowd at once is counted like a queue."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.accounts import operations as accounts
from app.accounts.models import RecoveryCode
from app.kernel import clock, db, limits
from app.kernel.actor import Role
from app.kernel.limits import Limit
from app.kernel.models import LimitCount
from app.kernel.refusal import Refusal, TooMany
from tests.support.portal import Portal

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
THREE = Limit("test", ((3, MINUTE),))
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def passes(limit: Limit, key: str) -> bool:
    try:
        limit.take(key)
    except TooMany:
        return False
    return True


def test_fourth_try_waits_until_the_window_ends(portal_on_each: Portal) -> None:
    with portal_on_each.inside(), clock.standing_at(NOON) as move:
        assert [passes(THREE, "ana") for _ in range(5)] == [True] * 3 + [False] * 2
        with pytest.raises(TooMany) as refused:
            THREE.take("ana")
        assert 0 < refused.value.seconds <= 61
        move(NOON + timedelta(seconds=refused.value.seconds))
        assert passes(THREE, "ana")


def test_limits_of_two_people_are_apart(portal_on_each: Portal) -> None:
    with portal_on_each.inside():
        for _ in range(4):
            passes(THREE, "ana")
        assert passes(THREE, "ben")
        assert passes(Limit("other", ((3, MINUTE),)), "ana")


def test_longer_window_holds_when_the_shorter_has_passed(portal_on_each: Portal) -> None:
    both = Limit("both", ((3, MINUTE), (4, HOUR)))
    with portal_on_each.inside(), clock.standing_at(NOON) as move:
        assert [passes(both, "ana") for _ in range(4)] == [True] * 3 + [False]
        move(NOON + 2 * MINUTE)
        assert [passes(both, "ana") for _ in range(2)] == [True, False]
        move(NOON + 2 * HOUR)
        assert passes(both, "ana")


def test_forty_tries_at_once_pass_three_times(portal_on_each: Portal) -> None:
    def one(_number: int) -> bool:
        with portal_on_each.inside():
            return passes(THREE, "ana")

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(one, range(40))) == 3


def test_right_answer_is_not_held_against_anyone(portal_on_each: Portal) -> None:
    with portal_on_each.inside():
        for _ in range(10):
            THREE.take("ana")
            THREE.give_back("ana")
        THREE.take("ana")
        THREE.take("ana")
        THREE.give_back("ana")
        assert [passes(THREE, "ana") for _ in range(3)] == [True, True, False]


def test_try_counted_inside_a_transaction_is_a_mistake(portal: Portal) -> None:
    with portal.inside(), db.writing(), pytest.raises(RuntimeError, match="before a transaction"):
        THREE.take("ana")


def test_windows_that_have_passed_are_forgotten(portal_on_each: Portal) -> None:
    with portal_on_each.inside(), clock.standing_at(NOON) as move:
        before = db.session().scalar(select(func.count()).select_from(LimitCount))
        THREE.take("ana")
        move(NOON + timedelta(days=3))
        assert limits.sweep() >= 1
        after = db.session().scalar(select(func.count()).select_from(LimitCount))
        assert after == before == 0


def test_crowd_of_wrong_codes_at_once_is_judged_five_times(portal_on_each: Portal) -> None:
    portal = portal_on_each
    ana = portal.person(Role.PATIENT)
    actor = portal.actor(ana)

    def guess(number: int) -> str:
        with portal.inside():
            try:
                accounts.confirm_with_code(actor, f"{number:06}", "test")
            except Refusal as refusal:
                return type(refusal).__name__
            return "in"

    with ThreadPoolExecutor(16) as pool:
        said = list(pool.map(guess, range(40)))
    assert said.count("TooMany") == 35


def test_crowd_of_recovery_codes_at_once_is_judged_five_times(portal_on_each: Portal) -> None:
    portal = portal_on_each
    ana = portal.person(Role.PATIENT)
    actor = portal.actor(ana)

    def guess(number: int) -> str:
        with portal.inside():
            try:
                accounts.redeem_recovery_code(actor, f"AAAA{number}")
            except Refusal as refusal:
                return type(refusal).__name__
            return "in"

    with ThreadPoolExecutor(16) as pool:
        said = list(pool.map(guess, range(20)))
    assert said.count("TooMany") == 15
    with portal.inside():
        used = select(RecoveryCode).where(RecoveryCode.used_at.is_not(None))
        assert db.session().scalars(used).all() == []
