"""Where a person is signed in: what they see of it, and how they end it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts import queries, rules
from app.accounts.models import SignIn
from app.kernel import clock, db
from app.kernel.actor import Role, Stage
from tests.accounts.steps import half_way
from tests.support.portal import COOKIE, Portal, Someone, Visitor
from tests.support.returning import signed_in_again

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/140.0 Safari/537.36 Edg/140.0"
)
TABLET = "Mozilla/5.0 (Linux; Android 15; SM-X710) SamsungBrowser/28.0 Chrome/130.0 Safari/537.36"


@pytest.mark.parametrize(
    ("header", "label"),
    [
        (FIREFOX, "Firefox, Linux"),
        (PHONE, "Safari, iPhone"),
        (EDGE, "Edge, Windows"),
        (TABLET, "Samsung Internet, Android"),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_device_is_called_by_its_browser_and_system(header: str, label: str) -> None:
    assert rules.device_label(header) == label


def test_person_sees_the_device_that_signed_in(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    phone = half_way(portal, ana, headers={"User-Agent": PHONE})
    phone.send("/sign-in/code", code=portal.code(ana))
    text = phone.get("/sessions").text
    assert text.index("This device") < text.index("Safari, iPhone")
    assert text.index("Safari, iPhone") < text.index("A device we cannot name")


def test_other_device_is_signed_out_and_this_one_stays(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    here, there = portal.visit(ana), signed_in_again(portal, ana)
    other = other_session(portal, ana)
    answer = here.send(f"/sessions/{other}/end", page="/sessions")
    assert answer.headers["Location"] == "/sessions"
    assert there.get("/settings").status_code == 303
    assert here.get("/settings").status_code == 200


def other_session(portal: Portal, someone: Someone) -> str:
    """The id of the session that is not the person's first."""
    with portal.inside():
        found = queries.own_sessions(portal.actor(someone))
    return str(next(one.id for one in found if not one.here))


def test_everywhere_but_here_leaves_this_device_alone(portal: Portal) -> None:
    ana, ben = portal.person(Role.PATIENT), portal.person(Role.PATIENT)
    here, stranger = portal.visit(ana), portal.visit(ben)
    others = [signed_in_again(portal, ana) for _ in range(3)]
    here.send("/sessions/end-others", page="/sessions")
    assert [one.get("/settings").status_code for one in others] == [303] * 3
    assert here.get("/settings").status_code == stranger.get("/settings").status_code == 200
    assert "You are signed in nowhere else" in here.get("/sessions").text


def test_session_that_is_over_is_listed_no_more(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    signed_in_again(portal, ana)
    later = clock.now() + rules.IDLE_PATIENT + timedelta(seconds=1)
    with clock.standing_at(later):
        page = signed_in_again(portal, ana).get("/sessions").text
    assert page.count("Signed in since") == 1


def left(visitor: Visitor) -> dict[str, int]:
    """What the page learns when it asks how long is left."""
    answer = visitor.client.get("/session/left", base_url="https://nearside.test")
    assert answer.status_code == 200
    found: dict[str, int] = answer.get_json()
    return found


@pytest.mark.parametrize("role", [Role.PATIENT, Role.CLINICIAN])
def test_page_learns_how_long_is_left_and_asking_prolongs_nothing(
    portal: Portal, role: Role
) -> None:
    visitor = portal.visit(portal.person(role))
    began = clock.now()
    idle = rules.idle_for(role)
    with clock.standing_at(began) as move:
        visitor.get("/settings", headers={"Sec-Fetch-Mode": "navigate"})
        for minutes in (2, 10):
            move(began + timedelta(minutes=minutes))
            answer = visitor.get("/session/left", headers={"Sec-Fetch-Mode": "cors"})
            rest = answer.get_json()["rest"]
            assert abs(rest - (idle - timedelta(minutes=minutes)).total_seconds()) <= 60
        move(began + idle + timedelta(seconds=1))
        assert visitor.get("/session/left").status_code == 303


def test_person_who_says_they_are_there_stays(portal: Portal) -> None:
    visitor = portal.visit(portal.person(Role.PATIENT))
    began = clock.now()
    with clock.standing_at(began) as move:
        for turn in range(1, 12):
            move(began + turn * timedelta(minutes=29))
            visitor.get("/settings", headers={"Sec-Fetch-Mode": "cors"})
            answer = visitor.send("/session/stay", page="/settings")
            assert answer.headers["Location"] == "/session/left"
            assert left(visitor)["rest"] == rules.IDLE_PATIENT.total_seconds()
        move(began + timedelta(hours=12, minutes=1))
        assert visitor.get("/settings").status_code == 303


def test_socket_of_a_session_that_rests_too_long_is_over(portal: Portal) -> None:
    session_id = portal.actor(portal.person(Role.CLINICIAN)).session_id
    began = clock.now()
    for rest, over in ((rules.IDLE_STAFF, set()), (rules.IDLE_STAFF * 1.1, {session_id})):
        with clock.standing_at(began + rest - timedelta(seconds=5)), portal.inside():
            assert queries.ended_sessions([session_id]) == over


def test_database_knows_the_device_of_the_whole_session(portal: Portal) -> None:
    ana = portal.person(Role.PATIENT)
    visitor = half_way(portal, ana, headers={"User-Agent": FIREFOX})
    visitor.send("/sign-in/code", code=portal.code(ana))
    with portal.inside():
        where = (SignIn.person_id == ana.id, SignIn.device == "Firefox, Linux")
        stages = db.session().scalars(select(SignIn.stage).where(*where)).all()
    assert sorted(stages) == [Stage.PASSWORD, Stage.FULL]
    assert visitor.client.get_cookie(COOKIE, domain="nearside.test")
