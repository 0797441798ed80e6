"""A page left open does not keep its session alive; a person who clicks does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.kernel import clock
from tests.support.portal import Clinic, Visitor

STEP = timedelta(minutes=20)


def _after(visitor: Visitor, mode: str) -> int:
    """What the page answers 40 minutes on, with one request in between made in this mode."""
    began = clock.now()
    with clock.standing_at(began) as move:
        for _ in range(2):
            move(clock.now() + STEP)
            answer = visitor.get("/settings", headers={"Sec-Fetch-Mode": mode})
    return answer.status_code


def test_socket_that_opens_again_is_no_sign_of_life(clinic: Clinic) -> None:
    visitor = clinic.portal.visit(clinic.patient)
    began = clock.now()
    with clock.standing_at(began + STEP) as move:
        visitor.get("/settings", headers={"Upgrade": "websocket"})
        move(began + 2 * STEP)
        assert visitor.get("/settings").status_code == 303


@pytest.mark.parametrize(("mode", "status"), [("navigate", 200), ("cors", 303)])
def test_only_what_a_person_does_keeps_the_session(clinic: Clinic, mode: str, status: int) -> None:
    assert _after(clinic.portal.visit(clinic.patient), mode) == status
