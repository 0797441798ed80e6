"""Nothing that one can use ends up under the tabs at the foot of a telephone."""

from __future__ import annotations

from playwright.sync_api import Page, ViewportSize, expect

from app.messages import operations
from tests.messages.served import Served
from tests.support.browser import Visitors
from tests.support.portal import Someone

# What is left of a telephone's screen between the browser's own bars.
SHORT = ViewportSize(width=390, height=664)
SMALL = ViewportSize(width=320, height=568)
COVERED = """() => {
  const one = document.activeElement;
  const tabs = document.querySelector(".nav").getBoundingClientRect();
  const { top, bottom } = one.getBoundingClientRect();
  // A box for a whole letter may be taller than what is left; then its beginning is what counts.
  if (one.closest(".nav") || top < 0 || bottom - top > tabs.top) return [];
  return bottom > tabs.top ? [`${bottom - tabs.top} px: ${one.outerHTML.slice(0, 120)}`] : [];
}"""
# The last message's top, the foot of Send, and where the tabs begin.
PLACES = """() => [
  document.querySelector("#conversation > :last-child").getBoundingClientRect().top,
  document.querySelector("#write button.button").getBoundingClientRect().bottom,
  document.querySelector(".nav").getBoundingClientRect().top,
]"""


def tabbed(page: Page, most: int = 60) -> list[str]:
    """What the keyboard reaches, one after another, and finds covered."""
    found = []
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement === document.body"):
            break
        found += page.evaluate(COVERED)
    return found


def write(served: Served, someone: Someone, words: str) -> None:
    patient = served.clinic.patient.patient_id
    assert patient is not None
    with served.portal.inside():
        operations.send(served.portal.actor(someone), patient, words)


def test_an_answer_brings_send_along_clear_of_the_tabs(served: Served, visitors: Visitors) -> None:
    clinic = served.clinic
    page = served.browse(visitors, clinic.patient, "/messages", viewport=SHORT)
    for number in (1, 3, 5):
        page.get_by_label("Your message").fill("Did the laboratory get my sample?")
        page.get_by_role("button", name="Send").click()
        expect(page.locator(f"#message-{number}")).to_be_visible()
        page.evaluate("() => document.activeElement.blur()")
        write(served, clinic.coordinator, "Good morning Ana. " * number)
        expect(page.locator(f"#message-{number + 1}")).to_be_visible()
        page.wait_for_timeout(300)
        top, foot, tabs = page.evaluate(PLACES)
        assert 0 <= top < foot <= tabs, number
    page.get_by_label("Your message").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Send")).to_be_focused()
    assert page.evaluate(COVERED) == []


def test_keyboard_finds_nothing_under_the_tabs(served: Served, visitors: Visitors) -> None:
    clinic = served.clinic
    pages = {
        clinic.patient: ["/", "/messages", "/results", "/settings"],
        clinic.clinician: ["/", f"/patients/{clinic.patient.patient_id}"],
    }
    for someone, paths in pages.items():
        page = served.browse(visitors, someone, paths[0], viewport=SHORT)
        for size in (SHORT, SMALL):
            page.set_viewport_size(size)
            for path in paths:
                page.goto(path)
                assert tabbed(page) == [], (path, size)
