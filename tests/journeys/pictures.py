"""`python -m tests.journeys.pictures` makes the pictures in docs/pictures anew.

They show what the demo clinic looks like once its patient has a plan, so that no picture can show
what the portal does not do.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page

from app.kernel.actor import Role
from tests.journeys import answers, planning
from tests.journeys.people import arrive
from tests.support.browser import DESK, Visitors, launched
from tests.support.clinic import opened

PICTURES = Path(__file__).parents[2] / "docs/pictures"
TALL = 1400
ANSWER = "Good morning, Ana. Your plan is ready. Is Friday good for a first walk?"


def main() -> int:
    """Walk to the plan, and take the pictures on the way."""
    with opened() as clinic, launched() as browser:
        visitors = Visitors(browser)
        patient = arrive(visitors, clinic, Role.PATIENT, reduced_motion="reduce")
        clinician = arrive(visitors, clinic, Role.CLINICIAN)
        coordinator = arrive(visitors, clinic, Role.COORDINATOR)
        for guest in (patient, clinician, coordinator):
            guest.sign_in()
        answers.answer_everything(patient)
        for reading in answers.READINGS:
            answers.enter(patient, reading)
        name = patient.person.name
        planning.opens_the_draft(clinician, name)
        planning.decides(clinician)
        planning.signs(clinician, name)
        coordinator.open("Messages")
        coordinator.page.get_by_role("link", name=name).click()
        coordinator.page.get_by_role("textbox").fill(ANSWER)
        coordinator.page.get_by_role("button", name="Send").click()
        patient.page.goto("/")
        picture(patient.page, "today")
        patient.open("Plan")
        picture(patient.page, "plan")
        visitors.leave()
    return 0


def picture(page: Page, name: str) -> None:
    """The upper part of a page, as a desk shows it."""
    page.evaluate("() => document.fonts.ready.then(() => true)")
    height = min(TALL, page.evaluate("() => document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": DESK["width"], "height": height})
    page.mouse.move(0, 0)
    page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")
    sys.stdout.write(f"docs/pictures/{name}.png\n")


if __name__ == "__main__":
    sys.exit(main())
