"""Who may read what was answered, and what they see."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.questionnaires import life
from tests.support.portal import Clinic


@pytest.fixture
def response(clinic: Clinic) -> UUID:
    """Answers that the patient sent."""
    with clinic.portal.inside():
        return life.complete(clinic.portal.actor(clinic.patient))


def test_clinician_finds_the_answers_on_the_chart_and_in_full(
    clinic: Clinic, response: UUID
) -> None:
    doctor = clinic.portal.visit(clinic.clinician)
    patient_id = clinic.patient.patient_id
    chart = doctor.get(f"/patients/{patient_id}")
    assert "Daily life" in chart.text
    assert "No, I never have" in chart.text
    page = doctor.get(f"/patients/{patient_id}/answers")
    assert "with my grandchildren." in page.text
    assert "Lisbon time" in page.text


def test_chart_says_so_when_nothing_was_sent(clinic: Clinic) -> None:
    doctor = clinic.portal.visit(clinic.clinician)
    patient_id = clinic.patient.patient_id
    assert "has not sent the lifestyle questions yet" in doctor.get(f"/patients/{patient_id}").text
    assert "No answers yet" in doctor.get(f"/patients/{patient_id}/answers").text


def test_draft_is_for_nobody_elses_eyes(clinic: Clinic) -> None:
    life.answer(clinic.portal.visit(clinic.patient), "about-you")
    doctor = clinic.portal.visit(clinic.clinician)
    page = doctor.get(f"/patients/{clinic.patient.patient_id}/answers")
    assert "No answers yet" in page.text
    assert "170 cm" not in page.text


def test_coordinator_does_not_read_answers(clinic: Clinic, response: UUID) -> None:
    marta = clinic.portal.visit(clinic.coordinator)
    assert marta.get(f"/answers/{response}").status_code == 404
    assert marta.get(f"/patients/{clinic.patient.patient_id}/answers").status_code == 404
    assert "Daily life" not in marta.get(f"/patients/{clinic.patient.patient_id}").text


def test_earlier_answers_stay_readable(clinic: Clinic, response: UUID) -> None:
    with clinic.portal.inside():
        newer = life.complete(clinic.portal.actor(clinic.patient))
    doctor = clinic.portal.visit(clinic.clinician)
    page = doctor.get(f"/patients/{clinic.patient.patient_id}/answers")
    assert f"/answers/{response}" in page.text
    assert f"/answers/{newer}" not in page.text
    assert doctor.get(f"/answers/{response}").status_code == 200


def test_stranger_finds_nothing(clinic: Clinic, response: UUID) -> None:
    stranger = clinic.portal.visit(clinic.portal.patient())
    assert stranger.get(f"/answers/{response}").status_code == 404
    other_doctor = clinic.portal.clinic().clinician
    assert clinic.portal.visit(other_doctor).get(f"/answers/{response}").status_code == 404
