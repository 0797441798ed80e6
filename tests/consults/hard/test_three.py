"""Three people, one of them at the end of a narrow line, or in another make of browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.consults.hard.calling import AnyLine
from tests.consults.hard.running import Nodes
from tests.consults.hard.test_firefox import until
from tests.consults.meeting import Meeting, join, reaches, stats
from tests.consults.several import all_come, all_meet, come_of, one_code
from tests.consults.test_guests_in_calls import come, invite
from tests.consults.test_lock import seal
from tests.consults.test_paths import goes
from tests.support.firefox import Firefox, FirefoxPage

# Three pages that each draw, send and show two pictures.
pytestmark = pytest.mark.alone
KILOBITS = 200
# Until the narrow line is known for what it is, and then how long is looked.
SETTLE_MILLISECONDS, LOOK_SECONDS = 8000, 6
VOICE_SECONDS = 15
# Of the pictures of before; a machine that draws six of them at once drops some.
KEPT = 0.7
PATIENT, CLINICIAN, GUEST = 0, 1, 2


def shown(page: Page) -> dict[str, tuple[int, int]]:
    """Of each picture that comes, by place: how wide it is, and how many were decoded so far."""
    coming = [one for one in stats(page)["stats"] if one["type"] == "inbound-rtp"]
    pictures = [one for one in coming if one["kind"] == "video"]
    return {one["mid"]: (one.get("frameWidth", 0), one.get("framesDecoded", 0)) for one in pictures}


def rates(pages: dict[int, Page]) -> dict[tuple[int, str], tuple[int, float]]:
    """Who sees what for some seconds: the width at the end, and pictures a second."""
    before = {seat: shown(page) for seat, page in pages.items()}
    pages[CLINICIAN].wait_for_timeout(1000 * LOOK_SECONDS)
    found = {}
    for seat, page in pages.items():
        for mid, (width, frames) in shown(page).items():
            rate = (frames - before[seat].get(mid, (0, 0))[1]) / LOOK_SECONDS
            found[seat, mid] = (width, rate)
    return found


def unheard(pages: dict[int, Page], before: dict[int, dict[str, Any]]) -> list[tuple[int, int]]:
    """Who has had nothing of whose voice since then."""
    now = {seat: come_of(page) for seat, page in pages.items()}
    pairs = [(seat, other) for seat in pages for other in pages if other != seat]
    return [
        (seat, other)
        for seat, other in pairs
        if now[seat][f"a{other}"] <= before[seat][f"a{other}"]
    ]


def test_one_narrow_line_takes_nothing_from_what_the_other_two_see_of_each_other(
    meeting: Meeting, far: Meeting, line: AnyLine, nodes: Nodes
) -> None:
    clinician, patient = meeting.arrive(meeting.clinician), far.arrive(far.patient)
    line.behind(patient)
    for page in (clinician, patient):
        join(page)
    guest = come(meeting, invite(meeting))
    pages = {PATIENT: patient, CLINICIAN: clinician, GUEST: guest}
    all_meet(pages)
    patient.wait_for_timeout(SETTLE_MILLISECONDS)
    good = rates(pages)
    line.narrow(KILOBITS)
    patient.wait_for_timeout(SETTLE_MILLISECONDS)
    heard = {seat: come_of(page) for seat, page in pages.items()}
    narrow = rates(pages)
    for seen in ((CLINICIAN, "v2"), (GUEST, "v1")):
        assert narrow[seen][0] >= good[seen][0] > 0, (good, narrow)
        assert narrow[seen][1] > KEPT * good[seen][1] > 0, (good, narrow)
    # The narrow line carries the voices of all, each way; one that was given up while the line
    # was being learnt is back before long.
    waited = 0
    while silent := unheard(pages, heard):
        assert waited < VOICE_SECONDS, silent
        patient.wait_for_timeout(1000)
        waited += 1
    # And a picture of the patient to both.
    for seat in (CLINICIAN, GUEST):
        assert narrow[seat, "v0"][1] > 1, (good, narrow)
    for page in pages.values():
        reaches(page, "connected")
        goes(page, "relay")


@pytest.fixture
def fox() -> Iterator[FirefoxPage]:
    """Somebody in Firefox."""
    firefox = Firefox()
    page = firefox.arrive()
    yield page
    page.close()
    firefox.close()


def come_in_firefox(fox: FirefoxPage, meeting: Meeting) -> None:
    """The guest follows the link and joins the call."""
    fox.goto(f"{meeting.server.url}{invite(meeting)}")
    fox.click("main form button[type=submit]")
    # Its script has begun: before that a press of a button is lost.
    until(fox, "'callState' in document.documentElement.dataset")
    fox.click("#join")


def test_two_in_chromium_and_one_in_firefox_meet_under_one_lock(
    meeting: Meeting, nodes: Nodes, fox: FirefoxPage
) -> None:
    patient, clinician = meeting.both()
    come_in_firefox(fox, meeting)
    pages: dict[int, Any] = {PATIENT: patient, CLINICIAN: clinician, GUEST: fox}
    all_come(pages)
    one_code(pages)
    for page in pages.values():
        until(page, "document.documentElement.dataset.callState === 'connected'")
        goes(page, "relay")
        counts = seal(page)["counts"]
        for kind in ("audio", "video"):
            assert counts["sealed"][kind] > 20
            assert counts["opened"][kind] > 20
    # The others have the guest's place in view, and lose it when the guest goes.
    fox.click("#hang-up")
    until(clinician, "document.getElementById('others').dataset.count === '1'")
    for page in (patient, clinician):
        reaches(page, "connected")
