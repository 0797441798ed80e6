"""Only those who look after a patient see that patient."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from app.care import operations, queries
from app.care.rules import age_on
from app.kernel.actor import Role
from tests.support.portal import Clinic


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(1958, 3, 1), date(2026, 2, 28), 67),
        (date(1958, 3, 1), date(2026, 3, 1), 68),
        (date(1960, 2, 29), date(2026, 2, 28), 65),
        (date(1960, 2, 29), date(2026, 3, 1), 66),
        (date(2026, 11, 22), date(2026, 11, 22), 0),
    ],
)
def test_age_counts_whole_years(birth: date, day: date, age: int) -> None:
    assert age_on(birth, day) == age


def test_chart_shows_the_patient_to_their_team(clinic: Clinic) -> None:
    path = f"/patients/{clinic.patient.patient_id}"
    for someone in (clinic.clinician, clinic.coordinator):
        visitor = clinic.portal.visit(someone)
        assert clinic.patient.name in visitor.get("/patients").text
        assert clinic.patient.name in visitor.get(path).text


def test_staff_without_patients_are_told_what_will_appear(clinic: Clinic) -> None:
    stranger = clinic.portal.person(Role.CLINICIAN)
    visitor = clinic.portal.visit(stranger)
    answer = visitor.get("/patients")
    assert "No patients yet" in answer.text
    assert clinic.patient.name not in answer.text
    assert visitor.get(f"/patients/{clinic.patient.patient_id}").status_code == 404


def test_patient_sees_their_team_on_the_first_page(clinic: Clinic) -> None:
    answer = clinic.portal.visit(clinic.patient).get("/")
    assert clinic.clinician.name in answer.text
    assert clinic.coordinator.name in answer.text
    assert clinic.administrator.name not in answer.text


def test_may_see_is_said_of_the_patient_and_the_team_alone(clinic: Clinic) -> None:
    portal, patient_id = clinic.portal, clinic.patient.patient_id
    other = portal.patient(clinic.clinician)
    assert patient_id is not None
    allowed = {
        someone.name: queries_may_see(clinic, someone)
        for someone in (
            *(clinic.patient, clinic.clinician, clinic.coordinator),
            *(clinic.administrator, other, portal.person(Role.CLINICIAN)),
        )
    }
    assert list(allowed.values()) == [True, True, True, False, False, False]


def queries_may_see(clinic: Clinic, someone: object) -> bool:
    from tests.support.portal import Someone

    assert isinstance(someone, Someone)
    assert clinic.patient.patient_id is not None
    with clinic.portal.inside():
        return queries.may_see(clinic.portal.actor(someone), clinic.patient.patient_id)


def test_nobody_joins_a_team_twice(clinic: Clinic) -> None:
    assert clinic.patient.patient_id is not None
    with clinic.portal.inside(), pytest.raises(IntegrityError):
        operations.join_team(clinic.patient.patient_id, clinic.clinician.id)


def test_hints_go_to_the_patient_and_the_team(clinic: Clinic) -> None:
    assert clinic.patient.patient_id is not None
    with clinic.portal.inside():
        told = queries.everyone(clinic.patient.patient_id)
    assert set(told) == {clinic.patient.id, clinic.clinician.id, clinic.coordinator.id}
