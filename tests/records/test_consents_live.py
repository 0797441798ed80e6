"""Pages that are open while a patient changes their mind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Page, expect

from tests.consults.meeting import Hall, Meeting
from tests.support.browser import Visitors
from tests.support.portal import Someone, Templates


@pytest.fixture(scope="module")
def hall(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """The real server."""
    with ExitStack() as stack:
        yield Hall(stack, templates, tmp_path_factory.mktemp("consents"))


@pytest.fixture
def meeting(hall: Hall, visitors: Visitors) -> Meeting:
    """A patient and their clinician."""
    return hall.meeting(visitors)


def at(meeting: Meeting, someone: Someone, path: str) -> Page:
    """This person's browser at this address, its socket open."""
    page = meeting.arrive(someone)
    with page.expect_websocket():
        page.goto(path)
    return page


def decide(page: Page, purpose: str, button: str) -> None:
    page.goto(f"/record/consents/{purpose}")
    page.get_by_role("button", name=button).click()


def test_an_open_chart_follows_and_is_gone_with_the_agreement_to_care(meeting: Meeting) -> None:
    patient = at(meeting, meeting.patient, "/record/consents")
    chart = at(meeting, meeting.clinician, f"/patients/{meeting.patient.patient_id}")
    line = chart.locator("[data-stands]")
    expect(line).to_contain_text("Yes: care, drafts by software, recordings.")
    decide(patient, "recording", "Take my agreement back")
    expect(patient.get_by_text("Your agreement is taken back, from now on.")).to_be_visible()
    expect(line).to_contain_text("Yes: care, drafts by software.")
    decide(patient, "care", "Take my agreement back")
    expect(chart.get_by_text(meeting.patient.name)).to_have_count(0)
    expect(patient.get_by_text("Your agreement is taken back, from now on.")).to_be_visible()
