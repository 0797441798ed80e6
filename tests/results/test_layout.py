"""How readings lie on a telephone and in the chart, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from app.results import operations
from tests.messages.served import Served, serving
from tests.results import readings
from tests.support.browser import DESK, PHONE, Visitors
from tests.support.portal import Templates

BEYOND = "one => [one.scrollHeight - one.clientHeight, one.scrollWidth - one.clientWidth]"
SHARE = "one => one.getBoundingClientRect().width / one.closest('table').clientWidth"
TOPS = "every => every.map((one) => Math.round(one.getBoundingClientRect().top))"


@pytest.fixture
def measured(templates: Templates, tmp_path: Path) -> Iterator[Served]:
    """A patient who has weighed herself five times."""
    with serving(templates, tmp_path) as served:
        with served.portal.inside():
            actor = served.portal.actor(served.clinic.patient)
            for number in range(5):
                entry = readings.weight(f"71.{number}", minutes_ago=40 - number)
                operations.record(actor, entry, note="Before breakfast, after a walk")
        yield served


def test_readings_are_cards_on_a_telephone_without_a_scroll_of_their_own(
    measured: Served, visitors: Visitors
) -> None:
    page = measured.browse(visitors, measured.clinic.patient, "/results", viewport=PHONE)
    table = page.locator(".table-scroll").filter(has_text="71.4")
    expect(table.locator("tbody tr")).to_have_count(5)
    assert table.evaluate(BEYOND) == [0, 0]
    meaning = table.locator("tbody td").first
    assert meaning.evaluate(SHARE) > 0.9
    # The columns' heads are out of sight here, so the zone must be said elsewhere.
    expect(page.get_by_text("Times are Lisbon time.").first).to_be_visible()


def test_chart_gives_value_meaning_and_day_a_line_each(
    measured: Served, visitors: Visitors
) -> None:
    path = f"/patients/{measured.clinic.patient.patient_id}"
    page = measured.browse(visitors, measured.clinic.clinician, path, viewport=DESK)
    lines = page.locator("section[aria-labelledby=home-tests] .facts div:has(.num) dd")
    expect(lines).to_have_count(3)
    tops = lines.evaluate_all(TOPS)
    assert tops == sorted(set(tops))
    weights = lines.evaluate_all("every => every.map((one) => getComputedStyle(one).fontWeight)")
    assert weights == ["560", "400", "400"]
