"""A visit that is due now, the server that both people reach, and their browsers in it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from playwright.sync_api import Page

from app.appointments import operations as appointments
from app.kernel import clock
from app.kernel.settings import Environment
from tests.support.browser import Visitors
from tests.support.portal import COOKIE, Clinic, Portal, Someone, Templates, settings
from tests.support.ports import free_port
from tests.support.server import Server, running

DEVICES = ["camera", "microphone"]


def book(portal: Portal, patient: Someone, clinician: Someone) -> UUID:
    """An appointment that began a minute ago."""
    assert patient.patient_id is not None
    start = clock.now() - timedelta(minutes=1)
    with portal.inside(), clock.standing_at(start - timedelta(days=1)):
        return appointments.book(
            patient_id=patient.patient_id, clinician_id=clinician.id, starts_at=start, minutes=20
        )


@dataclass
class Meeting:
    """The people of one visit, and the running portal."""

    clinic: Clinic
    appointment: UUID
    server: Server
    visitors: Visitors

    @property
    def portal(self) -> Portal:
        """The same database, reached from the test's own process."""
        return self.clinic.portal

    @property
    def path(self) -> str:
        """Where the visit is."""
        return f"/visits/{self.appointment}"

    def token(self, someone: Someone) -> str:
        """The person's session cookie."""
        return self.portal._tokens[someone.id]

    def arrive(self, someone: Someone, *, allowed: bool = True, **options: Any) -> Page:
        """This person's browser on the visit's page, signed in."""
        granted = {"permissions": DEVICES} if allowed else {}
        page = self.visitors.arrive(self.server.url, **granted | options)
        page.context.add_cookies(
            [
                {
                    "name": COOKIE,
                    "value": self.token(someone),
                    # Playwright reads "secure" from the address; Chromium counts localhost so.
                    "url": f"https://localhost:{self.server.port}",
                    "httpOnly": True,
                    "sameSite": "Lax",
                }
            ]
        )
        page.goto(self.path)
        return page

    def both(self) -> tuple[Page, Page]:
        """Patient and clinician in the call, connected."""
        patient = self.arrive(self.clinic.patient)
        clinician = self.arrive(self.clinic.clinician)
        join(patient)
        join(clinician)
        for page in (patient, clinician):
            reaches(page, "connected")
        return patient, clinician


def open_meeting(
    stack: ExitStack, templates: Templates, directory: Path, visitors: Visitors
) -> Meeting:
    """A clinic, a visit due now, and a server on the same database."""
    url = templates.sqlite(directory / "meeting.db")
    portal = Portal(url, directory, Environment.TEST)
    clinic = portal.clinic()
    known = settings(url, directory, Environment.TEST)
    port = free_port()
    keys = ",".join(f"{name}:{key.hex()}" for name, key in known.data_keys)
    environment = {
        "NEARSIDE_ENVIRONMENT": "test",
        "NEARSIDE_INSTANCE": str(directory),
        "NEARSIDE_DATABASE_URL": url,
        "NEARSIDE_ORIGIN": f"http://localhost:{port}",
        "NEARSIDE_SECRET_KEY": known.secret_key,
        "NEARSIDE_DATA_KEYS": keys,
    }
    server = stack.enter_context(running(environment, directory, port=port))
    stack.callback(portal.close)
    return Meeting(clinic, book(portal, clinic.patient, clinic.clinician), server, visitors)


def join(page: Page) -> None:
    """Press the one main button."""
    page.get_by_role("button", name="Join the call").click()


def reaches(page: Page, state: str) -> None:
    """Wait until the page says that the call stands so."""
    page.locator(f"html[data-call-state={state}]").wait_for(state="attached")


def stats(page: Page) -> dict[str, Any]:
    """The browser's own figures of the call."""
    found: dict[str, Any] = page.evaluate(
        """() => new Promise((done) => {
          document.addEventListener("call:report", ({ detail }) => done(detail), { once: true });
          document.dispatchEvent(new Event("call:stats"));
        })"""
    )
    return found
