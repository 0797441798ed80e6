"""How the line of a past visit was: words for the patient, words and figures for the clinician."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.consults import queries
from app.consults.operations import closing, present
from app.consults.operations.present import Page
from app.consults.queries import VisitView
from app.consults.rules import CallFigures, figures_of
from app.consults.rules.figures import Quality, quality
from tests.consults.meeting import book
from tests.support.portal import Clinic, Someone

GOOD = figures_of(1240, "direct", 4, 12)
PAGES = ("Interruptions", "packets", "browser to browser")


@pytest.mark.parametrize(
    ("lost", "concealed", "found"),
    [
        (0, 0, Quality.GOOD),
        (30, 30, Quality.GOOD),
        (31, 0, Quality.FAIR),
        (0, 100, Quality.FAIR),
        (101, 0, Quality.POOR),
        (0, 1000, Quality.POOR),
    ],
)
def test_worse_of_the_two_figures_decides(lost: int, concealed: int, found: Quality) -> None:
    assert quality(lost, concealed) is found


def view(clinic: Clinic, someone: Someone, number: UUID) -> VisitView:
    found = queries.visit(clinic.portal.actor(someone), number)
    assert found is not None
    return found


def beat(
    clinic: Clinic, someone: Someone, number: UUID, *, connected: bool, figures: CallFigures
) -> None:
    """A sign of life of this person's page."""
    with clinic.portal.inside():
        one, page = view(clinic, someone, number), Page(f"sid-{someone.id}", "a-page", True, True)
        actor = clinic.portal.actor(someone)
        present.report(one, actor, page, connected=connected, figures=figures)


def join(clinic: Clinic, number: UUID) -> None:
    """Both come into the call."""
    for someone in (clinic.patient, clinic.clinician):
        with clinic.portal.inside():
            page = Page(f"sid-{someone.id}", "a-page", True, True)
            actor = clinic.portal.actor(someone)
            present.enter(view(clinic, someone, number), actor, page, joining=True)


def past_visit(clinic: Clinic, figures: CallFigures, *, interruptions: int) -> str:
    """A visit in which the two met, lost each other so often, and which was then finished."""
    number = book(clinic.portal, clinic.patient, clinic.clinician)
    join(clinic, number)
    for connected in [True, *[False, True] * interruptions]:
        for someone in (clinic.patient, clinic.clinician):
            beat(clinic, someone, number, connected=connected, figures=figures)
    with clinic.portal.inside():
        closing.finish(view(clinic, clinic.clinician, number))
    return f"/visits/{number}"


def test_clinician_reads_words_and_figures_and_the_patient_words(clinic: Clinic) -> None:
    path = past_visit(clinic, GOOD, interruptions=1)
    shown = clinic.portal.visit(clinic.clinician).get(path).text
    said = "The line was good. It was interrupted once."
    assert said in shown
    for figure in ("1.2 seconds", "from browser to browser", "0.4 % of the", "1.2 % of the sound"):
        assert figure in shown
    of_patient = clinic.portal.visit(clinic.patient).get(path).text
    assert said in of_patient
    assert [one for one in PAGES if one in of_patient] == []


def test_poor_line_is_called_poor(clinic: Clinic) -> None:
    path = past_visit(clinic, figures_of(900, "relay", 150, 20), interruptions=0)
    shown = clinic.portal.visit(clinic.patient).get(path).text
    assert "The line was poor: words were missing. It was never interrupted." in shown


def test_visit_in_which_nobody_met_says_nothing_of_a_line(clinic: Clinic) -> None:
    number = book(clinic.portal, clinic.patient, clinic.clinician)
    join(clinic, number)
    with clinic.portal.inside():
        closing.finish(view(clinic, clinic.clinician, number))
    shown = clinic.portal.visit(clinic.clinician).get(f"/visits/{number}").text
    assert "is finished" in shown
    assert "How the line was" not in shown
