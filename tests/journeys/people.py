"""The demo people at their own browsers, with their authenticator apps at hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page, expect

from app.accounts.rules import CODE_STEP_SECONDS, CODE_WINDOW_STEPS
from app.demo import queries
from app.demo.rules import PASSWORD, PEOPLE, DemoPerson
from app.kernel import clock
from app.kernel.actor import Role
from tests.support.browser import Visitors
from tests.support.clinic import Clinic

DEVICES = ["camera", "microphone"]


def demo_person(role: Role) -> DemoPerson:
    """The demo person with this role."""
    return next(one for one in PEOPLE if one.role is role)


@dataclass
class Phone:
    """An authenticator app. Each of its codes opens one door once, so it hands out none twice."""

    clinic: Clinic
    person: DemoPerson
    used: str = ""
    _last: int = field(default=0)

    def code(self) -> str:
        """The present code; where that was used already, the next one, which is accepted early."""
        moment = clock.now()
        present = int(moment.timestamp()) // CODE_STEP_SECONDS
        step = max(present, self._last + 1)
        assert step <= present + CODE_WINDOW_STEPS, "too many codes asked of one phone at once"
        self._last = step
        with self.clinic.app.app_context():
            then = moment + timedelta(seconds=CODE_STEP_SECONDS * (step - present))
            shown = queries.codes(then)
        self.used = next(one.digits for one in shown if one.person == self.person)
        return self.used


@dataclass
class Guest:
    """One demo person, one browser profile, one phone."""

    page: Page
    phone: Phone
    person: DemoPerson

    def sign_in(self) -> None:
        """Both factors, typed; ends on the first page."""
        page = self.page
        page.goto("/")
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
        page.get_by_label("E-mail").fill(self.person.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Your code")
        page.get_by_label("Code").fill(self.phone.code())
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(self.person.name)

    def open(self, entry: str) -> None:
        """Follow an entry of the menu."""
        menu = self.page.get_by_role("navigation", name="Main")
        menu.get_by_role("link", name=entry).click()

    def sees(self, heading: str) -> None:
        """Wait for the page with this heading."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(heading)


def arrive(visitors: Visitors, clinic: Clinic, role: Role, **options: Any) -> Guest:
    """A demo person in front of an empty browser."""
    person = demo_person(role)
    page = visitors.arrive(clinic.server.url, **options)
    return Guest(page, Phone(clinic, person), person)
