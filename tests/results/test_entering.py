"""A patient enters what they measured at home."""

from __future__ import annotations

from tests.support.portal import Clinic

PRESSURE = "/results/blood-pressure/new"


def test_three_home_tests_are_entered_and_shown_with_their_meaning(clinic: Clinic) -> None:
    ana = clinic.portal.visit(clinic.patient)
    assert "No readings yet" in ana.get("/results").text
    done = ana.send(PRESSURE, systolic="134", diastolic="82")
    assert done.headers["Location"] == "/results", done.text
    ana.send("/results/glucose/new", value="5,6", unit="mmol/L", context="fasting")
    ana.send("/results/weight/new", value="71.5")
    page = ana.get("/results")
    for words in (
        "134 over 82 mmHg",
        "Stage 1 high blood pressure",
        "AHA/ACC 2025",
        "5.6 mmol/L",
        "71.5 kg",
    ):
        assert words in page.text
    assert clinic.portal.visit(clinic.patient).get("/").status_code == 200
    assert (
        clinic.portal.visit(clinic.coordinator)
        .get(f"/patients/{clinic.patient.patient_id}/results")
        .status_code
        == 200
    )
