"""A call on a telephone: the controls are always in sight, and no tab that would leave it is."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.consults.meeting import Meeting, join, reaches

# What is left between the browser's own bars, and the same telephones without them.
UPRIGHT = [(390, 664), (390, 844), (360, 640), (320, 568)]
ON_ITS_SIDE = [(664, 390), (844, 340)]
# A desk, a small laptop, a tablet both ways.
OTHERS = [(1280, 900), (1366, 620), (768, 1024), (1024, 700)]
CONTROLS = ["mute", "darken", "hang-up"]

# Each control is whole inside the window, wide enough for a thumb, and what a thumb meets there.
OUT_OF_REACH = """(ids) => ids.flatMap((id) => {
  const one = document.getElementById(id);
  const { left, right, top, bottom, width, height } = one.getBoundingClientRect();
  const inside = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
  const met = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  const said = one.querySelector("span:last-child").getBoundingClientRect();
  const whole = said.left >= left && said.right <= right && one.scrollWidth <= one.clientWidth;
  const found = [];
  if (!inside) found.push(`${id} lies outside: ${[left, top, right, bottom].map(Math.round)}`);
  if (!one.contains(met)) found.push(`${id} is covered by ${met?.outerHTML.slice(0, 80)}`);
  if (Math.min(width, height) < 44) found.push(`${id} is ${width} x ${height}`);
  if (!whole) found.push(`the words of ${id} run out of it`);
  return found;
})"""
COVERED = """() => {
  const one = document.activeElement;
  const { left, top, width, height } = one.getBoundingClientRect();
  const met = (share) => document.elementFromPoint(left + width / 2, top + height * share);
  return [0.1, 0.9].filter((share) => !one.contains(met(share))).map(() => one.outerHTML);
}"""
SHARE_OF_THE_PICTURE = """() => {
  const { top, bottom, width } = document.querySelector(".call-stage").getBoundingClientRect();
  const bar = document.querySelector(".call-bar").getBoundingClientRect().top;
  return ((Math.min(bottom, bar) - Math.max(top, 0)) * width) / (innerWidth * innerHeight);
}"""


def sized(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size(ViewportSize(width=size[0], height=size[1]))
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def scrolled(page: Page, where: str) -> None:
    page.evaluate(f"() => scrollTo(0, {where})")


def unreachable(page: Page, sizes: list[tuple[int, int]]) -> list[str]:
    """What of the controls is out of reach at any of these sizes, at the top and at the end."""
    found = []
    for size in sizes:
        sized(page, size)
        for where in ("0", "document.body.scrollHeight"):
            scrolled(page, where)
            found += [f"{size}, {where}: {one}" for one in page.evaluate(OUT_OF_REACH, CONTROLS)]
    return found


def test_controls_of_a_call_are_in_sight_on_every_screen(meeting: Meeting) -> None:
    for page in meeting.both():
        assert unreachable(page, UPRIGHT + ON_ITS_SIDE + OTHERS) == []


def test_controls_stay_in_sight_when_everything_is_off(meeting: Meeting) -> None:
    page = meeting.arrive(meeting.patient, viewport={"width": 320, "height": 568})
    page.get_by_label("Only watch and listen").check()
    join(page)
    reaches(page, "alone")
    # The longest words that the controls have, and the button for browsers that begin in silence.
    expect(page.get_by_role("button", name="Microphone on")).to_be_visible()
    page.locator("#sound").evaluate("one => { one.hidden = false; }")
    controls = [*CONTROLS, "sound"]
    for size in UPRIGHT + ON_ITS_SIDE:
        sized(page, size)
        assert page.evaluate(OUT_OF_REACH, controls) == [], size


def test_picture_fills_what_the_controls_leave(meeting: Meeting) -> None:
    page = meeting.arrive(meeting.patient, viewport={"width": 390, "height": 664})
    scrolled(page, "document.body.scrollHeight")
    join(page)
    reaches(page, "alone")
    for size in UPRIGHT + ON_ITS_SIDE:
        sized(page, size)
        scrolled(page, "0")
        assert page.evaluate(SHARE_OF_THE_PICTURE) > 0.7, size


@pytest.mark.parametrize("size", [(390, 664), (664, 390)])
def test_tabs_that_leave_the_call_are_gone_until_it_is_over(
    meeting: Meeting, size: tuple[int, int]
) -> None:
    page = meeting.arrive(meeting.patient, viewport={"width": size[0], "height": size[1]})
    tabs = page.get_by_role("navigation", name="Main")
    expect(tabs).to_be_visible()
    join(page)
    reaches(page, "alone")
    expect(tabs).to_be_hidden()
    # The page is still called by its name, and its parts can still be told apart.
    expect(page.get_by_role("heading", level=1, name="Visit with Dr Imre Kovács")).to_be_attached()
    expect(page.get_by_role("main")).to_be_visible()
    expect(page.get_by_role("region", name="Call with Dr Imre Kovács")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Mute")).to_be_focused()
    page.get_by_role("button", name="Hang up").click()
    expect(page.get_by_role("button", name="Join the call")).to_be_focused()
    expect(tabs).to_be_visible()


def test_what_the_keyboard_reaches_in_a_call_is_not_under_the_controls(meeting: Meeting) -> None:
    page = meeting.arrive(meeting.clinician, viewport={"width": 390, "height": 664})
    join(page)
    reaches(page, "alone")
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        inside = page.evaluate("() => document.activeElement.closest('main') !== null")
        if not inside:
            break
        reached.append(page.evaluate("() => document.activeElement.textContent.trim()"))
        assert page.evaluate(COVERED) == []
    assert reached[:3] == ["Mute", "Turn camera off", "Hang up"]
    assert "Finish the visit" in reached
