"""The call for whoever uses a keyboard, a phone, or a reader; and for whoever is early."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page, expect

from app.accounts import operations as accounts
from tests.consults.meeting import Hall, Meeting, flows, join, reaches
from tests.support.browser import PHONE, Visitors

SMALLEST = 44


def small_targets(page: Page) -> list[str]:
    """The controls of the visit that a thumb would miss."""
    boxes = page.locator("#call :is(button, select, .choice, a.button):visible").all()
    assert boxes
    return [
        box.inner_text()
        for box in boxes
        if (size := box.bounding_box()) and min(size["width"], size["height"]) < SMALLEST
    ]


def overflow(page: Page) -> int:
    """How far the page is wider than its window."""
    width: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return width


def test_a_phone_holds_the_room_and_the_call_under_the_thumb(meeting: Meeting) -> None:
    patient = meeting.arrive(meeting.patient, viewport=PHONE)
    clinician = meeting.arrive(meeting.clinician, viewport=PHONE, color_scheme="dark")
    expect(patient.locator("#devices")).to_be_visible()
    for page in (patient, clinician):
        assert small_targets(page) == []
        assert overflow(page) == 0
        join(page)
    for page in (patient, clinician):
        reaches(page, "connected")
        assert small_targets(page) == []
        assert overflow(page) == 0
        expect(page.get_by_role("button", name="Hang up")).to_be_in_viewport()


def test_the_keyboard_joins_mutes_and_hangs_up(meeting: Meeting) -> None:
    page = meeting.arrive(meeting.patient)
    page.get_by_label("With picture and sound").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Join the call")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#call-status")).to_be_focused()
    page.keyboard.press("Enter")
    reaches(page, "alone")
    page.reload()
    reaches(page, "alone")
    expect(page.locator("#call-status")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("#announced")).to_have_text("Your microphone is off. Nobody hears you.")
    expect(page.get_by_role("button", name="Unmute")).to_be_focused()
    page.get_by_role("button", name="Hang up").press("Enter")
    expect(page.get_by_role("button", name="Join the call")).to_be_focused()


def test_what_changes_is_read_out(meeting: Meeting) -> None:
    page = meeting.arrive(meeting.patient)
    for name in ("who", "call-status", "announced", "device-help"):
        assert page.locator(f"#{name}").get_attribute("role") == "status"


def test_the_room_opens_by_itself_when_its_time_comes(hall: Hall, visitors: Visitors) -> None:
    meeting = hall.meeting(visitors, ago=timedelta(minutes=-10, seconds=-20))
    page = meeting.arrive(meeting.patient)
    expect(page.get_by_role("button", name="Join the call")).to_be_disabled()
    expect(page.get_by_text("The room opens at")).to_be_visible()
    expect(page.locator("#announced")).to_have_text(
        "The room is open. You can join the call now.", timeout=30_000
    )
    join(page)
    reaches(page, "alone")


def test_signing_out_elsewhere_ends_the_call_on_this_page(meeting: Meeting) -> None:
    patient, clinician = meeting.both()
    flows(clinician)
    with meeting.portal.inside():
        accounts.end_every_session(meeting.patient.id)
    reaches(patient, "signed-out")
    expect(patient.get_by_text("You were signed out.")).to_be_visible()
    patient.get_by_role("link", name="Sign in").click()
    patient.wait_for_url(f"**/sign-in?next={meeting.path}")
    expect(clinician.locator("#call-status")).to_contain_text("lost connection")


def test_without_script_nothing_is_offered_that_needs_it(meeting: Meeting) -> None:
    page = meeting.arrive(meeting.patient, java_script_enabled=False)
    refusal = page.locator("noscript .notice")
    expect(refusal).to_be_visible()
    expect(refusal).to_contain_text("The video call needs JavaScript.")
    expect(page.get_by_role("link", name="+351 210 000 000")).to_be_visible()
    expect(page.locator("#call :is(button, input, select):visible")).to_have_count(0)
    expect(page.get_by_text("Looking who is here")).to_be_hidden()
    allowed = meeting.arrive(meeting.patient)
    expect(allowed.get_by_role("button", name="Join the call")).to_be_visible()
    expect(allowed.locator("#who")).to_be_visible()
