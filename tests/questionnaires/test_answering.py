"""A patient answers the lifestyle questions."""

from __future__ import annotations

from tests.support.portal import Clinic


def test_first_page_says_whose_turn_it_is(clinic: Clinic) -> None:
    ana = clinic.portal.visit(clinic.patient)
    assert "Lifestyle questions" in ana.get("/").text
    assert "Begin" in ana.get("/questions").text
    for link in ("about-you", "moving", "tobacco-alcohol", "salt", "wellbeing"):
        answer = ana.get(f"/questions/{link}")
        assert answer.status_code == 200
