"""Whoever does nothing for long is asked, may stay, and loses no word when they did not answer."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import update

from app.accounts import operations, rules
from app.accounts.models import SignIn
from app.kernel import clock, db
from tests.messages.served import Served
from tests.support.browser import Visitors
from tests.support.portal import PASSWORD, Someone

STORY = "I have slept badly since Monday, and"
ASKED_AFTER = int((rules.IDLE_PATIENT - rules.WARNED_BEFORE).total_seconds()) + 1


def rested(served: Served, someone: Someone, rest: timedelta) -> None:
    """Have nothing happened in this person's sessions for so long."""
    with served.portal.inside(), db.writing() as session:
        where = update(SignIn).where(SignIn.person_id == someone.id)
        session.execute(where.values(last_seen_at=clock.now() - rest))


def rest(page: Page, served: Served, someone: Someone, length: timedelta) -> None:
    """Let the page and the server rest for so long."""
    expect(page.locator("#idle")).to_have_attribute("data-awake", "yes")
    rested(served, someone, length)
    page.clock.run_for(ASKED_AFTER * 1000)


def test_person_is_asked_stays_and_later_loses_no_word(served: Served, visitors: Visitors) -> None:
    ana = served.clinic.patient
    page = served.browse(visitors, ana, "/settings")
    page.clock.install()
    page.goto("/messages")
    asked = page.get_by_role("alertdialog", name="Are you still there?")
    page.get_by_label("Your message").fill(STORY)
    rest(page, served, ana, rules.IDLE_PATIENT - timedelta(seconds=90))
    expect(asked).to_be_visible()
    expect(page.get_by_role("button", name="Stay signed in")).to_be_focused()
    page.keyboard.press("Enter")
    expect(asked).to_be_hidden()
    rested(served, ana, rules.IDLE_PATIENT + timedelta(seconds=1))
    page.clock.fast_forward(int(rules.IDLE_PATIENT.total_seconds() + 1) * 1000)
    over = page.get_by_role("alertdialog", name="You are signed out")
    expect(over).to_contain_text("We signed you out")
    sign_in_again(page, served, ana)
    expect(page.get_by_label("Your message")).to_have_value(STORY)


def sign_in_again(page: Page, served: Served, someone: Someone) -> None:
    """Go on from the page that is covered."""
    page.get_by_role("alertdialog").get_by_role("link", name="Sign in again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.get_by_label("E-mail").fill(someone.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Six-digit code").fill(served.portal.code(someone))
    page.get_by_role("button", name="Sign in").click()


def test_device_signed_out_elsewhere_is_covered_and_loses_no_word(
    served: Served, visitors: Visitors
) -> None:
    ana = served.clinic.patient
    page = served.browse(visitors, ana, "/messages")
    expect(page.locator("#idle")).to_have_attribute("data-awake", "yes")
    page.get_by_label("Your message").fill(STORY)
    with served.portal.inside():
        operations.end_every_session(ana.id)
    covered = page.get_by_role("alertdialog", name="You are signed out")
    expect(covered).to_contain_text("You were signed out from elsewhere", timeout=4_000)
    expect(covered).to_have_class("dialog idle over")
    expect(covered.get_by_role("button", name="Stay signed in")).to_be_hidden()
    sign_in_again(page, served, ana)
    expect(page.get_by_label("Your message")).to_have_value(STORY)


def test_page_without_a_socket_is_covered_when_somebody_looks_at_it_again(
    served: Served, visitors: Visitors
) -> None:
    page = served.browse(visitors, served.clinic.patient, "/settings")
    expect(page.locator("#idle")).to_have_attribute("data-awake", "yes")
    with served.portal.inside():
        operations.end_every_session(served.clinic.patient.id)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_role("alertdialog")).to_contain_text("You were signed out from elsewhere")
