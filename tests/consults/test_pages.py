"""The waiting room and the last page of a visit, without script."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

import pytest

from app.consults import queries
from app.consults.operations import present
from app.consults.operations.present import Page
from app.consults.rules import VisitState
from app.kernel.actor import Role
from tests.consults.meeting import book
from tests.support.portal import Clinic, Portal, Someone, Visitor


def path_of(clinic: Clinic, **when: timedelta) -> str:
    """A visit of the clinic that is due."""
    return f"/visits/{book(clinic.portal, clinic.patient, clinic.clinician, **when)}"


def begin(clinic: Clinic, path: str) -> None:
    """The clinician has come into the call."""
    actor = clinic.portal.actor(clinic.clinician)
    with clinic.portal.inside():
        seen = queries.visit(actor, _number(path))
        assert seen is not None
        present.enter(seen, actor, Page("sid", "a-page-of-his", True, True), joining=True)


def _number(path: str) -> UUID:
    return UUID(path.split("/")[2])


def data_of(visitor: Visitor, name: str = "visit-data") -> dict[str, object]:
    """What the page hands to its script."""
    assert visitor.page is not None
    (island,) = [one for one in visitor.page.iter("script") if one.get("id") == name]
    found: dict[str, object] = json.loads(island.text or "")
    return found


@pytest.mark.parametrize("role", ["patient", "clinician"])
def test_both_find_the_waiting_room_with_one_main_button(clinic: Clinic, role: str) -> None:
    path, someone = path_of(clinic), getattr(clinic, role)
    visitor = clinic.portal.visit(someone)
    answer = visitor.get(path)
    assert answer.status_code == 200
    assert visitor.page is not None
    main = [
        one
        for one in visitor.page.iter("button")
        if "main" in (one.get("class") or "").split() and one.get("id") == "join"
    ]
    assert len(main) == 1
    assert data_of(visitor)["polite"] is (role == "patient")
    assert data_of(visitor)["iceServers"] == []


def test_camera_and_microphone_are_allowed_here_and_nowhere_else(clinic: Clinic) -> None:
    visitor = clinic.portal.visit(clinic.patient)
    here = visitor.get(path_of(clinic)).headers["Permissions-Policy"]
    assert "camera=(self)" in here
    assert "microphone=(self)" in here
    elsewhere = visitor.get("/").headers["Permissions-Policy"]
    assert "camera=()" in elsewhere
    assert "microphone=()" in elsewhere


def test_every_word_the_script_may_say_is_there(clinic: Clinic) -> None:
    visitor = clinic.portal.visit(clinic.patient)
    visitor.get(path_of(clinic))
    words = data_of(visitor, "visit-words")
    places = {f"here-{place}" for place in ("away", "waiting", "call", "lost")}
    states = {"connecting", "connected", "alone", "lost", "interrupted", "offline", "replaced"}
    missing = {
        f"{device}-{why}"
        for device in ("camera", "microphone")
        for why in ("denied", "missing", "busy")
    }
    assert places | states | missing <= set(words)
    assert all(words.values())


def test_clinician_has_the_chart_beside_the_picture_and_the_patient_has_not(
    clinic: Clinic,
) -> None:
    path = path_of(clinic)
    chart = f"/patients/{clinic.patient.patient_id}"
    assert chart in clinic.portal.visit(clinic.clinician).get(path).text
    seen_by_patient = clinic.portal.visit(clinic.patient).get(path).text
    assert chart not in seen_by_patient
    assert "/finish" not in seen_by_patient


def test_a_third_person_finds_nothing(clinic: Clinic) -> None:
    path, portal = path_of(clinic), clinic.portal
    strangers: list[Someone] = [
        clinic.coordinator,
        clinic.administrator,
        portal.person(Role.CLINICIAN),
        portal.patient(clinic.clinician),
    ]
    for someone in strangers:
        visitor = portal.visit(someone)
        assert visitor.get(path).status_code == 404
        assert visitor.get(f"{path}/finish").status_code == 404
        assert visitor.post(f"{path}/finish", {}).status_code == 404
    assert portal.visit(clinic.patient).get(f"{path}/finish").status_code == 404


def test_before_its_time_the_room_says_when_it_opens(clinic: Clinic) -> None:
    path = path_of(clinic, ago=timedelta(minutes=-30))
    visitor = clinic.portal.visit(clinic.patient)
    answer = visitor.get(path)
    assert "The room opens at" in answer.text
    assert data_of(visitor)["door"] == "early"
    assert 19 * 60_000 < int(str(data_of(visitor)["opensIn"])) <= 20 * 60_000
    assert visitor.page is not None
    (join,) = [one for one in visitor.page.iter("button") if one.get("id") == "join"]
    assert join.get("disabled") is not None


def test_long_after_its_time_the_page_says_what_to_do(clinic: Clinic) -> None:
    path = path_of(clinic, ago=timedelta(hours=3))
    answer = clinic.portal.visit(clinic.patient).get(path)
    assert "The time of this visit has passed" in answer.text
    assert "camera=()" in answer.headers["Permissions-Policy"]


def test_finishing_asks_once_and_works_without_script(clinic: Clinic) -> None:
    path = path_of(clinic)
    begin(clinic, path)
    visitor = clinic.portal.visit(clinic.clinician)
    assert "nobody can join it again" in visitor.get(f"{path}/finish").text
    done = visitor.send(f"{path}/finish")
    assert done.status_code == 303
    assert "is finished" in visitor.follow(done).text
    assert "is finished" in clinic.portal.visit(clinic.patient).get(path).text


def test_finishing_twice_is_finishing_once(clinic: Clinic) -> None:
    path = path_of(clinic)
    begin(clinic, path)
    visitor = clinic.portal.visit(clinic.clinician)
    visitor.get(f"{path}/finish")
    fields = visitor.filled(f"{path}/finish")
    first, second = (visitor.post(f"{path}/finish", fields) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    again = visitor.send(f"{path}/finish")
    assert again.status_code == 303


def test_a_visit_nobody_joined_is_not_finished_and_the_page_says_why(clinic: Clinic) -> None:
    path = path_of(clinic)
    visitor = clinic.portal.visit(clinic.clinician)
    answer = visitor.send(f"{path}/finish")
    assert "This visit has not begun" in answer.text
    assert "<title>Error:" in answer.text
    with clinic.portal.inside():
        seen = queries.visit(clinic.portal.actor(clinic.clinician), _number(path))
        assert seen is not None
        assert seen.state is VisitState.PLANNED


def test_the_first_page_says_that_somebody_waits(clinic: Clinic) -> None:
    path = path_of(clinic)
    begin(clinic, path)
    patient = clinic.portal.visit(clinic.patient).get("/").text
    assert f"{clinic.clinician.name} is waiting for you" in patient
    assert path in patient
    assert "is waiting for you" not in clinic.portal.visit(clinic.clinician).get("/").text


def test_the_telephone_is_the_last_resort(portal: Portal, clinic: Clinic) -> None:
    answer = clinic.portal.visit(clinic.patient).get(path_of(clinic))
    assert "your care team will telephone you" in answer.text


@pytest.mark.parametrize("ago", [timedelta(minutes=1), timedelta(hours=3)])
def test_staff_are_told_whom_to_telephone(clinic: Clinic, ago: timedelta) -> None:
    answer = clinic.portal.visit(clinic.clinician).get(path_of(clinic, ago=ago))
    assert f"telephone {clinic.patient.name} at the number that your clinic has" in answer.text
    for words in ("telephone us", "will telephone you", "ask your care team"):
        assert words not in answer.text
