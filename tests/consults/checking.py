"""A person at the check call: what their page says, and what their browser counts."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.consults.meeting import PATIENCE, Meeting
from tests.support.portal import Someone

PATH = "/visits/check"
# Eight seconds to connect, eight to look, and a slow machine.
CHECKED_MILLISECONDS = 40_000


def opened(meeting: Meeting, someone: Someone | None = None, **options: Any) -> Page:
    """The check's page in a browser of this person, the patient where nobody is named."""
    page = meeting.arrive(someone or meeting.patient, **options)
    page.goto(PATH)
    return page


def begin(page: Page) -> None:
    """Press the one main button."""
    page.get_by_role("button", name="Start the check").click()


def concludes(page: Page, verdict: str) -> None:
    """Wait for the answer, and find this one."""
    page.locator("html[data-check-state=done]").wait_for(
        state="attached", timeout=CHECKED_MILLISECONDS
    )
    found = page.locator("#verdict-heading").inner_text()
    assert found == verdict, f"{found}: {why(page)} {figures(page)['line']}"


def checked(meeting: Meeting, verdict: str, **options: Any) -> Page:
    """The page once the check has come to this answer."""
    page = opened(meeting, **options)
    begin(page)
    concludes(page, verdict)
    return page


def why(page: Page) -> str:
    """The reasons under the answer."""
    return page.locator("#verdict-why").inner_text()


def to_do(page: Page) -> str:
    """What the person is told to do now."""
    return page.locator("#verdict-next").inner_text()


def figures(page: Page) -> dict[str, Any]:
    """The browser's own figures of the connection, and what the page made of them."""
    found: dict[str, Any] = page.evaluate(
        """() => new Promise((done) => {
          document.addEventListener("check:report", ({ detail }) => done(detail), { once: true });
          document.dispatchEvent(new Event("check:stats"));
        })"""
    )
    return found


def counted(page: Page) -> dict[str, int]:
    """Octets that left and came, of sound and picture, and pictures that were decoded."""
    stats = figures(page)["stats"]
    found = {"decoded": 0}
    for one in stats:
        if one["type"] == "outbound-rtp":
            name = f"{one['kind']}-out"
            found[name] = found.get(name, 0) + one["bytesSent"]
        if one["type"] == "inbound-rtp":
            found[f"{one['kind']}-in"] = one["bytesReceived"]
            found["decoded"] += one.get("framesDecoded", 0)
    return found


def until(page: Page, script: str, what: str) -> Any:
    """Wait until the page's own script answers something true."""
    for _ in range(PATIENCE):
        if found := page.evaluate(script):
            return found
        page.wait_for_timeout(100)
    raise AssertionError(f"never came about: {what}")
