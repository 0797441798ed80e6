"""Two people in a call on a bad day: how they come into it, and that it goes on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Page, expect

from tests.consults.meeting import Meeting, inbound, join, reaches, stats
from tests.consults.test_paths import goes
from tests.support.lines import Line
from tests.support.played_lines import PlayedLine

AnyLine = Line | PlayedLine
Pages = tuple[Page, Page]
# Who is cut off and who waits for them are told so in words of their own.
TOLD = re.compile("connection is interrupted|lost connection")
LOOKS, LOOK_MILLISECONDS = 60, 500
# Looks in a row at which more has come: what was under way when a line was cut is soon over.
SURE = 3


def come(meeting: Meeting, far: Meeting, line: AnyLine, script: str = "") -> Pages:
    """The patient behind the line and the clinician here, both on the visit's page."""
    clinician = meeting.arrive(meeting.clinician, script=script)
    patient = far.arrive(far.patient, script=script)
    line.behind(patient)
    return patient, clinician


def meet(pages: Pages, way: str) -> None:
    """Both join, and the call goes this way."""
    for page in pages:
        join(page)
    for page in pages:
        reaches(page, "connected")
        goes(page, way)
    live(pages)


def live(pages: Sequence[Page]) -> None:
    """Each sees and hears the other, look after look; all are looked at together."""
    sure = dict.fromkeys(range(len(pages)), 0)
    before: dict[int, tuple[int, int]] = {}
    for _ in range(LOOKS):
        for at, page in enumerate(pages):
            now = _came(page)
            grown = at in before and all(b > a for a, b in zip(before[at], now, strict=True))
            sure[at] = sure[at] + 1 if grown else 0
            before[at] = now
        if min(sure.values()) >= SURE:
            break
        pages[0].wait_for_timeout(LOOK_MILLISECONDS)
    assert min(sure.values()) >= SURE, f"nothing comes: {before}"
    for page in pages:
        assert stats(page)["state"] == "connected"


def _came(page: Page) -> tuple[int, int]:
    """Bytes of sound and frames of picture so far."""
    sound, picture = inbound(page, "audio"), inbound(page, "video")
    return sound.get("bytesReceived", 0), picture.get("framesDecoded", 0)


def told(pages: Sequence[Page]) -> None:
    """Each is told that the call is interrupted."""
    for page in pages:
        expect(page.locator("#call-status")).to_contain_text(TOLD)


def streams(page: Page) -> dict[str, Any]:
    """The names under which sound and picture come; those of one connection to the node stay."""
    return {kind: inbound(page, kind).get("ssrc") for kind in ("audio", "video")}
