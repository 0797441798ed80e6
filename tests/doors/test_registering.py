"""A door without a sufficient rule is found when its room is imported."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pytest

from app.kernel.access import Access, DoorError, anyone, signed_in
from app.kernel.actor import Actor, Role
from app.kernel.room import Room
from tests.support.portal import Clinic


def lock(_actor: Actor, _number: UUID) -> object:
    return object()


def page() -> str:
    return "never shown"


@pytest.fixture
def room() -> Room:
    return Room("shed", __name__)


def test_page_without_a_rule_does_not_import(room: Room) -> None:
    with pytest.raises(TypeError, match="access"):
        room.page("/shed")(page)  # type: ignore[call-arg]  # the mistake under test


@pytest.mark.parametrize("access", [None, True, "patient", Role.PATIENT, lambda: None])
def test_page_under_something_that_is_no_rule_does_not_import(room: Room, access: Access) -> None:
    with pytest.raises(DoorError, match="must be a rule"):
        room.page("/shed", access=access)(page)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "post", "TRACE"])
def test_page_that_changes_things_under_a_reading_rule_does_not_import(
    room: Room, method: str
) -> None:
    with pytest.raises(DoorError, match="needs a rule that writes"):
        room.page("/shed", access=signed_in(), methods=("GET", method))(page)


def test_page_with_an_id_that_nobody_loads_does_not_import(room: Room) -> None:
    with pytest.raises(DoorError, match="loads"):
        room.page("/shed/<uuid:tool>", access=signed_in())(page)


def test_page_that_loads_an_id_its_address_lacks_does_not_import(room: Room) -> None:
    with pytest.raises(DoorError, match="loads"):
        room.page("/shed", access=signed_in(tool=lock))(page)


@pytest.mark.parametrize("written", ["<tool>", "<int:tool>", "<string:tool>", "<path:tool>"])
def test_page_with_an_id_that_is_no_uuid_does_not_import(room: Room, written: str) -> None:
    with pytest.raises(DoorError, match="uuid"):
        room.page(f"/shed/{written}", access=signed_in())(page)


def test_one_page_under_two_different_rules_does_not_import(room: Room) -> None:
    def both() -> str:
        return "never shown"

    room.page("/shed", access=signed_in(Role.CLINICIAN))(both)
    with pytest.raises(DoorError, match="two rules"):
        room.page("/shed/open", access=anyone(reason="a mistake"))(both)


@dataclass(frozen=True)
class Number:
    tool: UUID


def test_socket_event_without_a_rule_does_not_import(room: Room) -> None:
    with pytest.raises(DoorError, match="must be a rule"):
        room.event("open", access=None, shape=Number)(page)  # type: ignore[arg-type]  # the mistake


def test_socket_event_with_an_id_that_nobody_loads_does_not_import(room: Room) -> None:
    with pytest.raises(DoorError, match="loads"):
        room.event("open", access=signed_in(), shape=Number)(page)


def test_socket_event_that_loads_an_id_it_never_gets_does_not_import(room: Room) -> None:
    with pytest.raises(DoorError, match="loads"):
        room.event("open", access=signed_in(tool=lock, box=lock), shape=Number)(page)


def test_page_added_behind_the_doors_opens_for_nobody(clinic: Clinic) -> None:
    portal = clinic.portal
    portal.app._got_first_request = False
    portal.app.add_url_rule("/shed", "shed", page, methods=["GET", "POST"])
    people = (None, clinic.patient, clinic.clinician, clinic.coordinator, clinic.administrator)
    for someone in people:
        visitor = portal.visit(someone)
        assert visitor.get("/shed").status_code == 404
        assert visitor.post("/shed", {}).status_code == 404
