"""Everything but the call, in browsers that run no script at all."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from app.kernel.actor import Role
from tests.journeys import answers, planning
from tests.journeys.people import arrive
from tests.support.browser import Visitors
from tests.support.clinic import Clinic

pytestmark = pytest.mark.long

WORDS = "Is it all right to swim with a new tablet?"


def test_patient_and_clinician_do_without_javascript(
    visitors: Visitors, open_clinic: Clinic
) -> None:
    patient = arrive(visitors, open_clinic, Role.PATIENT, java_script_enabled=False)
    clinician = arrive(visitors, open_clinic, Role.CLINICIAN, java_script_enabled=False)
    patient.sign_in()
    answers.answer_everything(patient)
    for reading in answers.READINGS:
        answers.enter(patient, reading)
        table = patient.page.get_by_role("region", name=f"Latest readings: {reading.measure}")
        expect(table.get_by_role("rowheader").first).to_contain_text(reading.spoken)
        drawing = patient.page.locator(".chart").filter(has_text=reading.measure)
        expect(drawing.locator("svg.chart-plot")).to_be_visible()

    patient.open("Messages")
    patient.page.get_by_role("textbox").fill(WORDS)
    patient.page.get_by_role("button", name="Send").click()
    expect(patient.page.get_by_text(WORDS)).to_be_visible()
    patient.open("Visits")
    patient.page.get_by_role("link", name="Open the waiting room").click()
    refusal = patient.page.locator("noscript .notice")
    expect(refusal).to_be_visible()
    expect(refusal).to_contain_text("The video call needs JavaScript.")

    clinician.sign_in()
    clinician.open("Messages")
    clinician.page.get_by_role("link", name=patient.person.name).click()
    expect(clinician.page.get_by_text(WORDS)).to_be_visible()
    plan = planning.opens_the_draft(clinician, patient.person.name)
    planning.sees_what_each_rests_on(clinician)
    planning.decides(clinician)
    planning.cannot_see_it_yet(patient, plan)
    planning.signs(clinician, patient.person.name)
    planning.reads_it(patient, plan, clinician)
