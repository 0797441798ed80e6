"""An invitation from end to end: a phone-sized page, and never a hand on a mouse."""

from __future__ import annotations

from pathlib import Path

import pyotp
from playwright.sync_api import Locator, Page, expect

from app.kernel import clock
from tests.care.inviting import PASSWORD, ROSA, latest, link
from tests.messages.served import Served, serving
from tests.support.browser import PHONE, Visitors
from tests.support.portal import Templates

MOST_STEPS = 60
EMAIL = "rosa@example.org"
# The same whichever of day and month the browser asks for first.
BORN = "03031944"
BESIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
SECRET = ".key"


def reach(page: Page, target: Locator) -> Locator:
    """Go there with the tab key alone."""
    for _ in range(MOST_STEPS):
        if target.evaluate("one => one === document.activeElement"):
            return target
        page.keyboard.press("Tab")
    raise AssertionError(f"the tab key does not lead to {target}")


def write(page: Page, label: str, text: str) -> None:
    """Fill in a field as somebody without a mouse does."""
    reach(page, page.get_by_label(label, exact=True))
    page.keyboard.type(text)


def press(page: Page, name: str) -> None:
    """Press a button or follow a link with the enter key."""
    found = page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name))
    reach(page, found.last)
    page.keyboard.press("Enter")


def sees(page: Page, heading: str) -> None:
    """Wait for a page that fits the screen."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    assert not page.evaluate(BESIDE), "the page is wider than the screen"


def send_the_invitation(page: Page, clinician: str) -> None:
    """What a coordinator does."""
    press(page, "Invite a patient")
    sees(page, "Invite a patient")
    write(page, "Full name", ROSA)
    write(page, "E-mail", EMAIL)
    write(page, "Date of birth", BORN)
    reach(page, page.get_by_label("Female"))
    page.keyboard.press("Space")
    reach(page, page.get_by_label(clinician))
    page.keyboard.press("Space")
    press(page, "Send the invitation")
    sees(page, "Invitations")
    expect(page.get_by_text(f"A letter with a link goes to {EMAIL}.")).to_be_visible()


def settle(page: Page, name: str) -> None:
    """What whoever came by a link does once they were asked the right thing."""
    sees(page, "Choose a password")
    write(page, "New password", PASSWORD)
    press(page, "Use this password")
    sees(page, "Connect your authenticator app")
    secret = (page.locator(SECRET).text_content() or "").replace(" ", "")
    write(page, "Six-digit code", pyotp.TOTP(secret).at(clock.now()))
    press(page, "Connect")
    sees(page, "Keep these recovery codes")
    press(page, "I have saved them")
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def come(page: Page) -> None:
    """What the invited patient does, to their first page."""
    sees(page, "Welcome to Nearside")
    write(page, "Your date of birth", BORN)
    press(page, "Continue")
    settle(page, ROSA)
    assert not page.evaluate(BESIDE)


def test_patient_is_invited_and_comes_on_a_phone_by_keyboard(
    templates: Templates, tmp_path: Path, visitors: Visitors
) -> None:
    with serving(templates, tmp_path) as served:
        clinic = served.clinic
        marta = served.browse(visitors, clinic.coordinator, "/patients/invitations", viewport=PHONE)
        send_the_invitation(marta, clinic.clinician.name)
        rosa = visitors.arrive(served.server.url, viewport=PHONE)
        rosa.goto(f"/welcome/{sent(served)}")
        come(rosa)
        marta.reload()
        expect(marta.get_by_text("Done: they have an account")).to_be_visible()
        other = visitors.arrive(served.server.url, viewport=PHONE, java_script_enabled=False)
        other.goto(f"/welcome/{sent(served)}")
        sees(other, "This link does not work")


def sent(served: Served) -> object:
    """The link in the letter."""
    with served.portal.inside():
        number = latest(served.clinic.coordinator)
    return link(served.portal, number)
