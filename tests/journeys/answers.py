"""What a patient tells and measures: enough for several recommendations to come of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from app.kernel import clock
from tests.journeys.people import Guest

# Part, then question and answer in the order in which they are asked. An answer can bring up the
# next question, with a script at once and without one after the part was sent.
PARTS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "About you",
        (
            ("How tall are you?", "165"),
            ("What sex were you given at birth?", "Female"),
        ),
    ),
    (
        "Moving",
        (
            ("In the last 7 days, on how many days did you move briskly?", "1"),
            ("On such a day, for about how many minutes?", "20"),
        ),
    ),
    (
        "Tobacco and alcohol",
        (
            ("Do you smoke?", "Yes, every day"),
            ("About how many cigarettes on a day that you smoke?", "8"),
            ("Do you use tobacco or nicotine in another way?", "No"),
            ("How often do you drink something with alcohol in it?", "4 times a week or more"),
            ("On a day when you drink, how many drinks do you usually have?", "3 or 4"),
            ("How often do you have 6 drinks or more at one time?", "Every month"),
        ),
    ),
    (
        "Eating and salt",
        (
            ("How often do you add salt at the table?", "On most days"),
            ("How often do you eat packaged savoury food?", "On most days"),
            ("How often do you eat salty meat, fish or cheese?", "On some days of the week"),
            ("How often do you eat in a restaurant or bring food home from one?", "Hardly ever"),
            ("Has a doctor told you that you have a kidney disease?", "No"),
            ("Do you take a medicine that keeps potassium in the body?", "No"),
        ),
    ),
    (
        "Sleep, stress and what matters to you",
        (
            ("How many hours do you usually sleep in a day and a night?", "6.5"),
            (
                "In the last month, how often did you feel tense or that things were too much?",
                "Often",
            ),
            ("What matters most to you?", "To walk to the sea with my grandchildren."),
        ),
    ),
)


def answer_everything(patient: Guest) -> None:
    """From the first page through every part to the button that sends."""
    page = patient.page
    page.goto("/questions")
    for number, (part, answers) in enumerate(PARTS):
        if number == 0:
            page.get_by_role("link", name="Begin").click()
        _answer(page, part, answers)
    patient.sees("Look over your answers")
    page.get_by_role("button", name="Send to my care team").click()
    expect(page.get_by_text("Thank you. Your answers are with your care team.")).to_be_visible()


def _answer(page: Page, part: str, answers: tuple[tuple[str, str], ...]) -> None:
    """Answer one part, and again while it comes back with a question that was hidden."""
    for _round in answers:
        expect(page.get_by_role("heading", level=1)).to_have_text(part)
        for question, answer in answers:
            _fill(page, question, answer)
        with page.expect_navigation():
            page.get_by_role("button", name="Save and go on").click()
        if page.get_by_role("heading", level=1).inner_text() != part:
            return
    raise AssertionError(f"{part} never ended")


def _fill(page: Page, question: str, answer: str) -> None:
    group = page.get_by_role("group", name=question)
    if group.is_visible():
        group.get_by_role("radio", name=answer, exact=True).check()
        return
    box = page.get_by_role("textbox", name=question)
    if box.is_visible():
        box.fill(answer)


@dataclass(frozen=True)
class Reading:
    """What a patient reads off a meter, and how the portal repeats it."""

    measure: str
    numbers: tuple[tuple[str, str], ...]
    unit: tuple[str, str]
    spoken: str
    when: str = ""


READINGS = (
    Reading(
        "Blood pressure",
        (("Upper number", "146"), ("Lower number", "91")),
        ("Unit", "mmHg"),
        "146 over 91 mmHg",
    ),
    Reading(
        "Blood sugar",
        (("Blood sugar", "6.2"),),
        ("Unit for: Blood sugar", "mmol/L"),
        "6.2 mmol/L",
        when="Any other time",
    ),
    Reading("Weight", (("Weight", "84.2"),), ("Unit for: Weight", "kg"), "84.2 kg"),
)


def enter(patient: Guest, reading: Reading) -> None:
    """Type one reading with its unit and the time it was taken, an hour ago."""
    page = patient.page
    patient.open("Results")
    page.get_by_role("link", name=f"Add a reading {reading.measure}").click()
    patient.sees(f"Add a reading: {reading.measure}")
    for label, number in reading.numbers:
        page.get_by_role("textbox", name=label, exact=True).fill(number)
    label, unit = reading.unit
    page.get_by_label(label).select_option(label=unit)
    if reading.when:
        page.get_by_role("radio", name=reading.when).check()
    taken = (clock.now() - timedelta(hours=1)).astimezone(ZoneInfo(patient.person.zone))
    page.get_by_label("Day", exact=True).fill(f"{taken:%Y-%m-%d}")
    page.get_by_label("Time", exact=True).fill(f"{taken:%H:%M}")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text(f"{reading.spoken} is saved.")).to_be_visible()
