"""The pages of guests as people meet them, without a line of script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from app.consults.operations import guests as operations
from app.consults.queries import VisitView
from app.consults.queries import guests as seen
from app.kernel import clock
from app.kernel.actor import Role
from tests.consults.company import MARIA, invited, let_in, opened, visit_of, with_nodes
from tests.consults.meeting import book
from tests.support.inspection import words
from tests.support.portal import COOKIE, ORIGIN, Portal, Someone, Visitor

LINK = re.compile(rf"{ORIGIN}(/guests/[0-9a-f-]{{36}})")


class House:
    """A visit that is due, and where its pages are."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.clinician = portal.person(Role.CLINICIAN, "Dr Imre Kovács")
        self.patient = portal.patient(self.clinician, name="Ana Sousa")
        self.visit = book(portal, self.patient, self.clinician)

    @property
    def list(self) -> str:
        return f"/visits/{self.visit}/guests"

    @property
    def room(self) -> str:
        return f"/visits/{self.visit}/guest"

    def invite(self, someone: Someone, name: str = MARIA) -> str:
        """The path of the link that the page shows."""
        answer = self.portal.visit(someone).send(self.list, name=name)
        assert answer.status_code == 200, answer.status
        found = LINK.search(answer.text)
        assert found is not None
        return found[1]


@pytest.fixture
def house(portal: Portal) -> Iterator[House]:
    with with_nodes(portal):
        yield House(portal)


def said(visitor: Visitor) -> str:
    assert visitor.page is not None
    return words(visitor.page)


def follow_button(visitor: Visitor, label: str) -> TestResponse:
    """Go where the link with these words leads."""
    assert visitor.page is not None
    found = [one for one in visitor.page.iter("a") if words(one).startswith(label)]
    assert found, f"no link says {label}"
    return visitor.get(found[0].get("href", ""))


def test_a_daughter_comes_with_the_patients_link_once_the_clinician_agrees(house: House) -> None:
    # Given a patient who finds the way from the waiting room and makes a link
    ana = house.portal.visit(house.patient)
    ana.get(f"/visits/{house.visit}")
    follow_button(ana, "Someone else would like to join")
    ana.post(house.list, {**ana.filled(house.list), "name": MARIA})
    found = LINK.search(said(ana)) or LINK.search(_link_box(ana))
    assert found is not None
    assert f"The link for {MARIA}" in said(ana)
    # When the daughter opens it too soon, she is told that the same link will do
    maria = house.portal.visit()
    maria.get(found[1])
    assert "has not agreed yet" in said(maria)
    assert maria.client.get_cookie(COOKIE, domain="nearside.test") is None
    # And the clinician finds the question on the first page
    imre = house.portal.visit(house.clinician)
    imre.get("/")
    assert f"Ana Sousa would like {MARIA} to join the visit" in said(imre)
    follow_button(imre, "Answer")
    answer = imre.page
    assert answer is not None
    path = next(
        one.get("action", "") for one in answer.iter("form") if "answer" in one.get("action", "")
    )
    imre.follow(imre.post(path, {**imre.filled(path), "answer": "approve"}))
    assert f"{MARIA} may join." in said(imre)
    assert "may join, and has not opened the link yet" in said(imre)
    # Then the same link lets her in
    assert maria.send(found[1]).status_code == 303
    assert maria.get(house.room).status_code == 200
    assert "Join the call" in said(maria)
    assert "Someone else would like to join" not in said(maria)
    assert "Chart" not in said(maria)
    assert not list(maria.page.iter("nav"))
    ana.get(house.list)
    assert "has opened the link" in said(ana)


def _link_box(visitor: Visitor) -> str:
    assert visitor.page is not None
    return next(
        one.get("value", "") for one in visitor.page.iter("input") if one.get("id") == "link"
    )


def test_the_link_works_in_one_browser_and_leads_back_there(house: House) -> None:
    link = house.invite(house.clinician)
    first, second = house.portal.visit(), house.portal.visit()
    assert first.send(link).status_code == 303
    second.get(link)
    assert "It was used already" in said(second)
    assert "Dr Imre Kovács" in said(second)
    assert "Ana Sousa" not in said(second)
    again = first.get(link)
    assert again.headers["Location"].endswith(house.room)


def test_the_second_of_two_who_hold_one_link_is_told_so(house: House) -> None:
    link = house.invite(house.clinician)
    first, second = house.portal.visit(), house.portal.visit()
    second.get(link)
    filled = second.filled(link)
    assert first.send(link).status_code == 303
    second.post(link, filled)
    assert "It was used already" in said(second)
    assert second.get(house.room).status_code == 303


def test_a_link_of_tomorrow_says_when_it_opens(portal: Portal) -> None:
    with with_nodes(portal):
        house = House(portal)
        tomorrow = book(portal, house.patient, house.clinician, ago=-timedelta(days=1))
        link = invited(portal, house.clinician, tomorrow)
        visitor = portal.visit()
        visitor.get(f"/guests/{link}")
        assert "Please come back then: the same link will do." in said(visitor)
        assert "Lisbon time" in said(visitor)
        assert not list(visitor.page.iter("form"))
        # Whoever posts all the same is not let in either.
        visitor.get("/sign-in")
        visitor.post(f"/guests/{link}", visitor.filled("/sign-in"))
        assert visitor.client.get_cookie(COOKIE, domain="nearside.test") is None


def test_who_is_signed_in_is_told_whom_the_link_is_for(house: House) -> None:
    link = house.invite(house.patient)
    ana = house.portal.visit(house.patient)
    ana.get(link)
    assert "it lets in whoever comes first" in said(ana)
    ana.get(house.list)
    ana.post(link, ana.filled(house.list))
    assert ana.get("/").status_code == 200


def test_a_link_that_nobody_was_given_is_not_found(house: House) -> None:
    visitor = house.portal.visit()
    assert visitor.get(f"/guests/{UUID(int=7)}").status_code == 404


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_guest_has_a_name_of_some_length(house: House, name: str) -> None:
    ana = house.portal.visit(house.patient)
    answer = ana.send(house.list, name=name)
    assert answer.status_code == 422
    assert "Please check what you entered" in said(ana)
    assert LINK.search(answer.text) is None


def test_without_a_video_server_the_page_says_why_nobody_else_can_come(portal: Portal) -> None:
    house = House(portal)
    ana = portal.visit(house.patient)
    ana.get(f"/visits/{house.visit}")
    assert "Someone else would like to join" not in said(ana)
    ana.get(house.list)
    assert "no video server" in said(ana)
    assert not [one for one in ana.page.iter("input") if one.get("name") == "name"]


def test_the_clinician_refuses_and_the_holder_is_told_kindly(house: House) -> None:
    link = house.invite(house.patient)
    imre = house.portal.visit(house.clinician)
    imre.get(house.list)
    follow_button(imre, "Answer")
    path = next(
        one.get("action", "") for one in imre.page.iter("form") if "answer" in one.get("action", "")
    )
    imre.follow(imre.post(path, {**imre.filled(path), "answer": "refuse"}))
    assert "may not join" in said(imre)
    visitor = house.portal.visit()
    visitor.get(link)
    assert "This time nobody else can join the visit." in said(visitor)


def test_taking_somebody_off_the_list_asks_once_and_closes_their_link(house: House) -> None:
    link = house.invite(house.patient)
    ana = house.portal.visit(house.patient)
    ana.get(house.list)
    follow_button(ana, "Take off the list")
    assert f"Take {MARIA} off the list?" in said(ana)
    path = next(
        one.get("action", "") for one in ana.page.iter("form") if "remove" in one.get("action", "")
    )
    ana.follow(ana.post(path, ana.filled(path)))
    assert "was taken off the list" in said(ana)
    visitor = house.portal.visit()
    visitor.get(link)
    assert "This link does not open the visit" in said(visitor)


def test_a_guest_finds_nothing_else_and_no_way_there(house: House) -> None:
    guest = let_in(house.portal, house.clinician, house.visit)
    maria = house.portal.visit(guest)
    for path in ("/", "/settings", f"/visits/{house.visit}", house.list, "/visits/check"):
        assert maria.get(path).status_code == 404, path
        assert not [one for one in maria.page.iter("a") if one.get("href") == "/"]


def test_a_room_that_has_closed_says_goodbye(house: House) -> None:
    guest = let_in(house.portal, house.clinician, house.visit)
    maria = house.portal.visit(guest)
    with clock.standing_at(clock.now() + timedelta(hours=2, minutes=25)):
        maria.get(house.room)
    assert "The visit is over" in said(maria)


def removed(house: House, inviter: Someone) -> Visitor:
    """The browser of a guest whom this person invited and the clinician took out."""
    link = invited(house.portal, inviter, house.visit)
    if inviter is house.patient:
        with house.portal.inside():
            operations.answer(seen.guests(_view(house))[0], approved=True)
    guest = opened(house.portal, link)
    with house.portal.inside():
        operations.remove(seen.guests(_view(house))[0])
    return house.portal.visit(guest)


def _view(house: House) -> VisitView:
    return visit_of(house.portal, house.clinician, house.visit)


def test_who_was_taken_out_is_told_so_and_whom_to_ask(house: House) -> None:
    maria = removed(house, house.patient)
    answer = maria.get(house.room)
    assert answer.status_code == 410
    assert "You are no longer in this visit" in said(maria)
    assert "please ask Ana Sousa, who invited you" in said(maria)
    assert not list(maria.page.iter("nav"))
    assert not [one for one in maria.page.iter("a") if "sign-in" in one.get("href", "")]
    # Nothing else of the visit is theirs, and signing in is for those who have an account.
    assert maria.get(house.list).status_code == 303
    assert maria.get("/").status_code == 303


def test_script_of_a_guest_who_was_taken_out_while_away_learns_that_it_is_over(
    house: House,
) -> None:
    """A socket that does not open says nothing: the page asks for its own address, and goes by
    the status."""
    asks = {"base_url": ORIGIN}
    maria = removed(house, house.clinician)
    assert maria.client.head(house.room, **asks).status_code == 410
    guest = let_in(house.portal, house.clinician, house.visit)
    assert house.portal.visit(guest).client.head(house.room, **asks).status_code == 200


def test_the_farewell_of_a_guest_is_shown_in_their_own_browser_alone(house: House) -> None:
    removed(house, house.clinician)
    other = House(house.portal)
    theirs = removed(other, other.clinician)
    for stranger in (house.portal.visit(), theirs):
        answer = stranger.get(house.room)
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (303, "/sign-in")
    assert house.portal.visit(house.patient).get(house.room).status_code == 404


def test_a_guests_recording_page_is_nobodys(house: House) -> None:
    guest = opened(house.portal, invited(house.portal, house.clinician, house.visit))
    assert house.portal.visit(guest).get(f"/visits/{house.visit}/finish").status_code == 404
