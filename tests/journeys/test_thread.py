"""The whole thread, from a patient's first answer to the plan in their hands.

Everything happens on the pages, by what they say, in three people's own browsers against the
server that production runs.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from app.kernel.actor import Role
from tests.consults.meeting import flows, reaches
from tests.journeys import answers, planning
from tests.journeys.people import DEVICES, Guest, arrive
from tests.support.browser import Visitors
from tests.support.clinic import Clinic

pytestmark = pytest.mark.long

QUESTION = "May I take my tablet in the evening instead of the morning?"
ANSWER = "Yes, the evening is fine. Please take it at the same time every day."


def test_from_the_first_answer_to_the_plan(visitors: Visitors, open_clinic: Clinic) -> None:
    patient = arrive(visitors, open_clinic, Role.PATIENT, permissions=DEVICES)
    coordinator = arrive(visitors, open_clinic, Role.COORDINATOR)
    clinician = arrive(visitors, open_clinic, Role.CLINICIAN, permissions=DEVICES)
    for guest in (patient, coordinator, clinician):
        guest.sign_in()
    answers.answer_everything(patient)
    measures_at_home(patient)
    writes_and_is_answered(patient, coordinator)
    meet_by_video(patient, clinician)
    becomes_a_plan(patient, clinician)


def measures_at_home(patient: Guest) -> None:
    """Three home tests, each then on a chart and in a table."""
    for reading in answers.READINGS:
        answers.enter(patient, reading)
    patient.open("Results")
    for reading in answers.READINGS:
        is_shown(patient.page, reading)


def is_shown(page: Page, reading: answers.Reading) -> None:
    """The reading stands in the table, and the chart has drawn and said it."""
    table = page.get_by_role("region", name=f"Latest readings: {reading.measure}")
    expect(table.get_by_role("rowheader").first).to_contain_text(reading.spoken)
    chart = page.locator(".chart").filter(has_text=reading.measure)
    expect(chart).to_be_visible()
    drawing = chart.locator("canvas:visible, svg.chart-plot:visible").first
    expect(drawing).to_be_visible()
    box = drawing.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) > 100
    said = chart.get_by_role("img").first.get_attribute("aria-label") or ""
    for _label, number in reading.numbers:
        assert f"latest {number}" in said


def writes_and_is_answered(patient: Guest, coordinator: Guest) -> None:
    """Neither of the two loads a page again to see what the other has written."""
    coordinator.open("Messages")
    coordinator.page.get_by_role("link", name=patient.person.name).click()
    coordinator.sees(f"Messages with {patient.person.name}")
    patient.open("Messages")
    for guest in (patient, coordinator):
        guest.page.evaluate("() => { window.samePage = true; }")
    write(patient.page, QUESTION)
    expect(coordinator.page.get_by_text(QUESTION)).to_be_visible()
    assert coordinator.page.evaluate("() => window.samePage")
    patient.page.evaluate("() => { window.samePage = true; }")
    write(coordinator.page, ANSWER)
    expect(patient.page.get_by_text(ANSWER)).to_be_visible()
    assert patient.page.evaluate("() => window.samePage")


def write(page: Page, words: str) -> None:
    """Type and send one message, and see it sent."""
    page.get_by_role("textbox").fill(words)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_value("")


def meet_by_video(patient: Guest, clinician: Guest) -> None:
    """Picture and sound arrive on both sides, and a hang-up ends it."""
    for guest in (patient, clinician):
        guest.open("Visits")
        guest.page.get_by_role("link", name="Open the waiting room").click()
        guest.sees("Visit with")
    for guest in (patient, clinician):
        guest.page.get_by_role("button", name="Join the call").click()
    for guest in (patient, clinician):
        reaches(guest.page, "connected")
    for guest in (patient, clinician):
        flows(guest.page)
    clinician.page.get_by_role("button", name="Hang up").click()
    patient.page.get_by_role("button", name="Hang up").click()
    for guest in (patient, clinician):
        expect(guest.page.get_by_role("button", name="Join the call")).to_be_visible()


def becomes_a_plan(patient: Guest, clinician: Guest) -> None:
    """The draft is the clinician's alone until a fresh code makes it the patient's plan."""
    plan = planning.opens_the_draft(clinician, patient.person.name)
    planning.sees_what_each_rests_on(clinician)
    planning.decides(clinician)
    planning.cannot_see_it_yet(patient, plan)
    planning.signs(clinician, patient.person.name)
    planning.reads_it(patient, plan, clinician)
