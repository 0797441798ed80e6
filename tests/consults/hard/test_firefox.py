"""Two people, one or both of them in Firefox: through the node and from browser to browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.consults.hard.calling import live
from tests.consults.hard.running import Nodes
from tests.consults.meeting import Meeting, inbound, join, stats
from tests.consults.test_lock import seal
from tests.consults.test_paths import HIDDEN, goes
from tests.support.firefox import Firefox, FirefoxFailed, FirefoxPage
from tests.support.portal import PASSWORD, Someone

TRIES, TRY_MILLISECONDS = 60, 250
AnyPage = Page | FirefoxPage


@pytest.fixture(scope="module")
def foxes() -> Iterator[list[Firefox]]:
    """The running ones: one each, for none starts a camera in a page behind."""
    foxes: list[Firefox] = []
    yield foxes
    for fox in foxes:
        fox.close()


@pytest.fixture
def arrived(foxes: list[Firefox], meeting: Meeting) -> Iterator[Any]:
    """Lets a person come to the visit in Firefox, through the pages on which people sign in."""
    pages: list[FirefoxPage] = []

    def arrive(someone: Someone, script: str) -> FirefoxPage:
        if len(foxes) == len(pages):
            foxes.append(Firefox())
        page = foxes[len(pages)].arrive()
        pages.append(page)
        page.add_init_script(script)
        page.goto(f"{meeting.server.url}/sign-in")
        page.fill("#email", someone.email)
        page.fill("#password", PASSWORD)
        page.click("main form button[type=submit]")
        until(page, "location.pathname === '/sign-in/code'")
        page.fill("#code", meeting.portal.code(someone))
        page.click("main form button[type=submit]")
        until(page, "!location.pathname.startsWith('/sign-in')")
        page.goto(f"{meeting.server.url}{meeting.path}")
        # Its script has begun: before that a press of a button is lost.
        until(page, "'callState' in document.documentElement.dataset")
        return page

    yield arrive
    for page in pages:
        page.close()


def until(page: AnyPage, expression: str) -> None:
    """Wait until this is true on a page."""
    for _ in range(TRIES):
        # Between two pages there is nobody to ask.
        with suppress(FirefoxFailed):
            if page.evaluate(expression):
                return
        page.wait_for_timeout(TRY_MILLISECONDS)
    where = page.evaluate("`${location} ${document.body.innerText}`")
    raise AssertionError(f"never true: {expression}\n{where}")


@pytest.mark.parametrize(
    ("script", "both"),
    [(HIDDEN, True), ("", True), ("", False)],
    ids=["relay", "direct", "direct-with-chromium"],
)
def test_people_in_firefox_see_and_hear_each_other_under_the_lock(
    meeting: Meeting, nodes: Nodes, arrived: Any, script: str, both: bool
) -> None:
    patient: FirefoxPage = arrived(meeting.patient, script)
    clinician: AnyPage = (
        arrived(meeting.clinician, script)
        if both
        else meeting.arrive(meeting.clinician, script=script)
    )
    patient.click("#join")
    if isinstance(clinician, FirefoxPage):
        clinician.click("#join")
    else:
        join(clinician)
    pages: tuple[Any, ...] = (patient, clinician)
    for page in pages:
        until(page, "document.documentElement.dataset.callState === 'connected'")
        goes(page, "relay" if script else "direct")
    live(pages)
    for page in pages:
        until(page, "!document.getElementById('lock').hidden")
        assert seal(page)["counts"]["failed"] == 0
        assert stats(page)["connection"] == "connected"
        assert inbound(page, "audio")["bytesReceived"] > 0
    codes = {page.evaluate("document.getElementById('lock-code').innerText") for page in pages}
    assert len(codes) == 1
