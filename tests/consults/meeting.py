"""A visit that is due now, the server that both people reach, and their browsers in it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from playwright.sync_api import Page, expect

from app.appointments import operations as appointments
from app.kernel import clock
from app.kernel.actor import Role
from app.kernel.jobs import Worker
from app.kernel.settings import Environment
from tests.support.browser import Visitors
from tests.support.portal import COOKIE, Portal, Someone, Templates, settings
from tests.support.ports import free_port
from tests.support.server import Server, running

# Tenths of a second.
PATIENCE = 100
DEVICES = ["camera", "microphone"]


def book(
    portal: Portal, patient: Someone, clinician: Someone, *, ago: timedelta = timedelta(minutes=1)
) -> UUID:
    """An appointment that began a minute ago, or as long ago as is said."""
    assert patient.patient_id is not None
    start = clock.now() - ago
    with portal.inside(), clock.standing_at(start - timedelta(days=1)):
        return appointments.book(
            patient_id=patient.patient_id, clinician_id=clinician.id, starts_at=start, minutes=20
        )


@dataclass
class Meeting:
    """The people of one visit, and the running portal."""

    portal: Portal
    patient: Someone
    clinician: Someone
    appointment: UUID
    server: Server
    visitors: Visitors | None

    @property
    def path(self) -> str:
        """Where the visit is."""
        return f"/visits/{self.appointment}"

    def token(self, someone: Someone) -> str:
        """The person's session cookie."""
        return self.portal._tokens[someone.id]

    def arrive(
        self, someone: Someone, *, allowed: bool = True, script: str = "", **options: Any
    ) -> Page:
        """This person's browser on the visit's page, signed in; `script` runs before the page's."""
        assert self.visitors is not None
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
        if script:
            page.add_init_script(script)
        page.goto(self.path)
        return page

    def both(self) -> tuple[Page, Page]:
        """Patient and clinician in the call, connected."""
        patient = self.arrive(self.patient)
        clinician = self.arrive(self.clinician)
        join(patient)
        join(clinician)
        for page in (patient, clinician):
            reaches(page, "connected")
        return patient, clinician


class Hall:
    """A running portal in which visits can be held."""

    def __init__(
        self, stack: ExitStack, templates: Templates, directory: Path, also: str = ""
    ) -> None:
        url = templates.sqlite(directory / "hall.db")
        self.portal = Portal(url, directory, Environment.TEST)
        stack.callback(self.portal.close)
        known = settings(url, directory, Environment.TEST)
        self._also = also
        self._stack, self._directory, self._port = (
            stack.enter_context(ExitStack()),
            directory,
            free_port(),
        )
        self._environment = {
            "NEARSIDE_ENVIRONMENT": "test",
            "NEARSIDE_INSTANCE": str(directory),
            "NEARSIDE_DATABASE_URL": url,
            "NEARSIDE_ORIGIN": f"http://localhost:{self._port}",
            "NEARSIDE_SECRET_KEY": known.secret_key,
            "NEARSIDE_DATA_KEYS": ",".join(f"{name}:{key.hex()}" for name, key in known.data_keys),
            "NEARSIDE_CLINIC_PHONE": "+351 210 000 000",
        }
        self.server = self._start()

    def meeting(self, visitors: Visitors | None = None, **when: timedelta) -> Meeting:
        """Fresh people with a visit that is due, or as `book` is told."""
        clinician = self.portal.person(Role.CLINICIAN, "Dr Imre Kovács")
        patient = self.portal.patient(clinician, name="Ana Sousa")
        due = book(self.portal, patient, clinician, **when)
        # The news of the booking comes to nobody, in place of a page that then draws itself anew.
        Worker(self.portal.app).drain()
        return Meeting(self.portal, patient, clinician, due, self.server, visitors)

    def restart(self) -> None:
        """Stop the portal, and start it again at the same address."""
        self._stack.close()
        self.server = self._start()

    def _start(self) -> Server:
        start = running(self._environment, self._directory, port=self._port, also=self._also)
        return self._stack.enter_context(start)


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


def inbound(page: Page, kind: str) -> dict[str, Any]:
    """What arrives at this page of one kind of media."""
    found = [
        one for one in stats(page)["stats"] if one["type"] == "inbound-rtp" and one["kind"] == kind
    ]
    return found[0] if found else {}


def comes(page: Page, kind: str) -> dict[str, Any]:
    """The first figures of sound or picture: a connection stands before anything comes over it."""
    figure = {"audio": "bytesReceived", "video": "framesDecoded"}[kind]
    for _ in range(PATIENCE):
        if (found := inbound(page, kind)).get(figure):
            return found
        page.wait_for_timeout(100)
    raise AssertionError(f"no {kind} comes: {found}")


def flows(page: Page) -> None:
    """Sound and picture arrive, more and more of both, and the picture has a size."""
    assert stats(page)["connection"] == "connected"
    before = {kind: comes(page, kind) for kind in ("audio", "video")}
    page.wait_for_timeout(1500)
    after = {kind: inbound(page, kind) for kind in ("audio", "video")}
    for kind in ("audio", "video"):
        assert after[kind]["bytesReceived"] > before[kind]["bytesReceived"] > 0
    assert after["video"]["framesDecoded"] > before["video"]["framesDecoded"]
    size = page.locator("#remote").evaluate("video => video.videoWidth * video.videoHeight")
    assert size > 0


def says(page: Page, words: str) -> None:
    """The call's own line, which is read out when it changes."""
    expect(page.locator("#call-status")).to_contain_text(words)
