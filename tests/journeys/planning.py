"""A clinician makes a plan out of the draft, and the patient reads it."""

from __future__ import annotations

import re
from datetime import date
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, expect

from app.kernel import clock
from tests.journeys.people import Guest

# What a recommendation is called, and what the patient told or measured that made it appear.
BECAUSE = {
    "Stop tobacco, with someone to help you": "Smoking: Yes, every day",
    "Talk for a few minutes with your care team about drinking less": (
        "Drinks on a drinking day: 3 or 4"
    ),
    "Walk briskly, or move like that, a little more each week": (
        "Minutes of brisk movement on such a day: 20 minutes a day"
    ),
    "Eat less salt: under 2,300 mg of sodium a day": "Salt added at the table: On most days",
    "Join a programme that helps you eat and move towards a lighter body": "Weight: 84.2 kg",
}
EDITED = "Walk briskly, or move like that, a little more each week"
EDITED_TO = "Walk along the river for 20 minutes on three days a week"
EDITED_WHY = "You told us that you want to walk to the sea with your grandchildren."
REJECTED = "Talk for a few minutes with your care team about drinking less"
REASON = "We talked about it at length in today's visit."
ADDED = "Bring your blood pressure meter to the next visit"
ADDED_WHY = "We want to compare it with ours, because your numbers differ from day to day."
LEFT_ALONE = "Stop tobacco, with someone to help you"


def opens_the_draft(clinician: Guest, patient_name: str) -> str:
    """From the menu to the review; answers the plan's number."""
    page = clinician.page
    clinician.open("Plans")
    page.get_by_role("link", name=patient_name).click()
    clinician.sees(f"Plan of {patient_name}")
    page.get_by_role("button", name="Open the review").click()
    expect(page.get_by_text("The review is open.")).to_be_visible()
    found = re.search(r"/plans/([0-9a-f-]{36})/review", page.url)
    assert found is not None
    return found[1]


def sees_what_each_rests_on(clinician: Guest) -> None:
    """Every line names its evidence and leads to where it is written down."""
    lines = clinician.page.get_by_role("article")
    for line in lines.all():
        expect(line.get_by_text("What made it appear")).to_be_visible()
        line.get_by_text(re.compile("^Show (all|the) ")).click()
        expect(line.locator("details[open]").get_by_role("link").first).to_be_visible()
    for heading, phrase in BECAUSE.items():
        rests_on = line_called(clinician, heading).get_by_role("list").first
        expect(rests_on).to_contain_text(phrase)


def line_called(guest: Guest, heading: str) -> Locator:
    """One recommendation on the page."""
    return guest.page.get_by_role("article", name=heading)


def decides(clinician: Guest) -> None:
    """Edit one line, reject one, add one, and accept what can be accepted."""
    page = clinician.page
    _edit(clinician, EDITED)
    line_called(clinician, REJECTED).get_by_role("link", name="Reject").click()
    page.get_by_label("Why not for this person?").fill(REASON)
    page.get_by_role("button", name="Reject this line").click()
    expect(line_called(clinician, REJECTED).get_by_text(REASON)).to_be_visible()
    page.get_by_role("link", name="Add a line").click()
    page.get_by_label("What to do").fill(ADDED)
    page.get_by_label("Why this, for this person").fill(ADDED_WHY)
    page.get_by_role("button", name="Add this line").click()
    expect(line_called(clinician, ADDED).get_by_text("Added by a clinician")).to_be_visible()
    _accept_the_rest(clinician)


def _edit(clinician: Guest, heading: str) -> None:
    page = clinician.page
    line_called(clinician, heading).get_by_role("link", name="Edit").click()
    page.get_by_label("What to do").fill(EDITED_TO)
    page.get_by_label("Why this, for this person").fill(EDITED_WHY)
    page.get_by_label("From which day").fill(f"{_today(clinician):%Y-%m-%d}")
    page.get_by_role("button", name="Keep this line in these words").click()
    expect(line_called(clinician, EDITED_TO).get_by_text("Edited")).to_be_visible()


def _accept_the_rest(clinician: Guest) -> None:
    """Lines that speak to clinicians cannot be accepted: those are left out with a reason."""
    page = clinician.page
    waiting = page.get_by_role("article").filter(has=page.get_by_text("To decide", exact=True))
    while count := waiting.count():
        line = waiting.first
        accept = line.get_by_role("button", name="Accept")
        if accept.count():
            accept.click()
        else:
            line.get_by_role("link", name="Reject").click()
            page.get_by_label("Why not for this person?").fill("Seen; nothing for the patient.")
            page.get_by_role("button", name="Reject this line").click()
        expect(waiting).to_have_count(count - 1)


def signs(clinician: Guest, patient_name: str) -> None:
    """Read it whole, then sign: not with the code that signed in, but with a fresh one."""
    page = clinician.page
    page.get_by_role("link", name="Read it whole and sign").click()
    clinician.sees(f"Sign the plan of {patient_name}")
    code = page.get_by_label("Six-digit code")
    approve = page.get_by_role("button", name=f"Approve and give it to {patient_name}")
    code.fill(clinician.phone.used)
    approve.click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page).to_have_title(re.compile("^Error: "))
    code.fill(clinician.phone.code())
    approve.click()
    expect(page.get_by_text(f"Approved. {patient_name} can read the plan now.")).to_be_visible()


def cannot_see_it_yet(patient: Guest, plan: str) -> None:
    """The plan's address is not there, and the patient's own page says that it is being made."""
    answer = patient.page.goto(f"/plan/{plan}")
    assert answer is not None
    assert answer.status == 404
    patient.page.goto("/")
    patient.open("Plan")
    patient.sees("Your plan")
    expect(patient.page.get_by_text("Your care team is reviewing your plan")).to_be_visible()
    expect(patient.page.get_by_role("article")).to_have_count(0)


def reads_it(patient: Guest, plan: str, clinician: Guest) -> None:
    """What to do, why, from when, approved by whom; nothing of what was rejected."""
    page = patient.page
    answer = page.goto(f"/plan/{plan}")
    assert answer is not None
    assert answer.status == 200
    page.goto("/")
    page.get_by_role("link", name="Read your plan").click()
    patient.sees("Your plan")
    expect(page.get_by_text(f"Approved by {clinician.person.name}, version 1")).to_be_visible()
    # The clinician chose the day, and further east it may be tomorrow already.
    today = f"{_today(clinician).day} {_today(clinician):%B %Y}"
    for heading, why, start in (
        (EDITED_TO, f"Why this, for you. {EDITED_WHY}", today),
        (ADDED, f"Why this, for you. {ADDED_WHY}", today),
        (LEFT_ALONE, "you told us that you use tobacco", "On a day you choose"),
    ):
        line = line_called(patient, heading)
        expect(line).to_contain_text(why)
        begins = line.get_by_role("definition").first
        expect(begins).to_contain_text(start)
    expect(page.get_by_text(REJECTED)).to_have_count(0)
    expect(page.get_by_text(REASON)).to_have_count(0)


def _today(guest: Guest) -> date:
    """The day it is where this person lives."""
    return clock.now().astimezone(ZoneInfo(guest.person.zone)).date()
