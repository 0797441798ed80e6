"""Home tests on a narrow screen, in a real browser."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from app.results import operations
from tests.messages.served import serving
from tests.results import readings
from tests.support.browser import PHONE, Visitors
from tests.support.portal import Templates

LONG_NOTE = "aftercoffee" * 40
# The cell laid out as if it could not break words is no wider than it is.
LONGEST_WORD_FITS = """cell => {
  const width = cell.getBoundingClientRect().width;
  cell.style.overflowWrap = "normal";
  return cell.getBoundingClientRect().width <= width + 1;
}"""


def test_note_without_spaces_stays_inside_its_table(
    templates: Templates, tmp_path: Path, visitors: Visitors
) -> None:
    with serving(templates, tmp_path) as served:
        with served.portal.inside():
            actor = served.portal.actor(served.clinic.patient)
            for minutes, value in ((30, "71.5"), (5, "71.7")):
                entry = readings.weight(value, minutes_ago=minutes)
                operations.record(actor, entry, note=LONG_NOTE)
        page = served.browse(visitors, served.clinic.patient, "/results/weight", viewport=PHONE)
        expect(page.locator("tbody tr")).to_have_count(2)
        beyond = "frame => frame.scrollWidth - frame.clientWidth"
        assert page.locator(".table-scroll").evaluate(beyond) == 0
        # The words beside it are still whole: none asks for more room than its cell has.
        row_name = page.locator("tbody th").first
        assert row_name.evaluate(LONGEST_WORD_FITS)
