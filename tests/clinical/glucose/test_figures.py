"""The figures of continuous glucose, beside published ones."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from app.clinical import devices, glucose_metrics
from app.clinical.errors import ClinicalInputError
from app.clinical.glucose_metrics import TARGETS, Glucose, Summary, daily_profile, summary, wear
from tests.clinical.glucose.series import MIDNIGHT, every_five
from tests.clinical.shared import read, shared

# Test data of irinagain/iglu tests/testthat (in_range_percent, above_percent).
IGLU = [101, 121, 141, 151, 161, 171, 191, 201, 231, 251]


def said(censored: str, minute: int = 0) -> Glucose:
    return Glucose(MIDNIGHT + timedelta(minutes=minute), None, censored=censored)


def test_times_in_ranges_are_those_of_iglu() -> None:
    found = summary(every_five(IGLU))
    assert found.shares.in_range == pytest.approx(60)
    assert (found.shares.above, found.shares.very_high) == (40, 10)
    assert (found.shares.below, found.shares.very_low) == (0, 0)
    assert summary(every_five(IGLU), "pregnancy").shares.above == 80


@pytest.mark.parametrize(
    ("values", "figure", "expected"),
    [  # staskh/iglu_python tests: test_cv_glu, test_sd_glu, test_in_range_percent, test_gri.
        ([100, 120, 110], "cv", 9.0909),
        ([90, 130, 95], "cv", 20.75),
        ([40, 400, 40], "cv", 129.90),
        ([120, 118, 122, 119, 121], "cv", 1.317),
        ([90, 130, 95, 125, 105], "cv", 16.3472),
        ([100, 100, 100], "cv", 0),
        ([150, 200, 180, 130, 190, 160], "sd", 26.394444),
        ([80, 90, 100, 130, 190, 160], "in_range", 83.33),
        ([150, 50, 160, 260, 140, 85], "gri", 76.66),
        ([150] * 10, "gri", 0),
        ([40] * 10, "gri", 100),
        ([150, 160, 170, 180, 190, 200], "gmi", 3.31 + 0.02392 * 175),
        ([40, 45, 50], "very_low", 100),
        ([40, 45, 50], "below", 100),
        ([150, 160, 170], "below", 0),
    ],
)
def test_small_series_agree_with_published_tests(
    values: list[int], figure: str, expected: float
) -> None:
    assert summary(every_five(values)).figure(figure) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(
    ("mean", "expected"),
    [  # Bergenstal 2018, table of GMI by mean in mg/dL.
        (100, 5.7),
        (125, 6.3),
        (150, 6.9),
        (175, 7.5),
        (200, 8.1),
        (225, 8.7),
        (250, 9.3),
        (275, 9.9),
        (300, 10.5),
        (350, 11.7),
    ],
)
def test_gmi_is_that_of_its_table(mean: float, expected: float) -> None:
    assert round(glucose_metrics.gmi(mean), 1) == expected


@pytest.mark.parametrize(
    ("mean", "expected"),
    [  # The same table by mean in mmol/L.
        (5, 36.2),
        (6, 40.9),
        (7, 45.7),
        (8, 50.4),
        (9, 55.1),
        (10, 59.8),
        (12, 69.2),
        (14, 78.6),
        (16, 88.0),
        (18, 97.4),
    ],
)
def test_gmi_in_mmol_mol_is_that_of_its_table(mean: float, expected: float) -> None:
    assert round(glucose_metrics.gmi_mmol_mol(mean), 1) == expected


def clarity() -> list[devices.Reading]:
    """The sensor's own readings of the shared Clarity export."""
    name = "devices/cgmanalysis__dexcom_clarity_g5.txt"
    with shared(name).open("rb") as file:
        found = devices.read(file, "clarity.txt").readings
        return [reading for reading in found if reading.kind == "egv"]


def test_the_shared_clarity_file_gives_the_figures_of_iglu() -> None:
    """iglu_python 0.4.3 on the 1,411 readings."""
    found = summary(clarity())
    assert found.count == 1411
    assert found.mean == pytest.approx(101.71013465627215)
    assert found.sd == pytest.approx(30.97070733481452)
    assert found.cv == pytest.approx(30.449971813998243)
    assert found.gmi == pytest.approx(5.74290642097803)
    assert found.gri == pytest.approx(38.31325301204819)
    assert found.shares.in_range == pytest.approx(83.62863217576188)
    assert found.shares.very_low == pytest.approx(4.606661941885188)
    assert found.shares.below == pytest.approx(14.032600992204111)
    assert found.shares.above == pytest.approx(2.3387668320340187)
    assert found.shares.very_high == 0
    assert summary(clarity(), "pregnancy").shares.in_range == pytest.approx(81.71509567682494)
    assert found.wear.of_period == pytest.approx(34.995039682539684)
    assert found.wear.active == pytest.approx(96.64, abs=0.1)
    assert not found.wear.enough


def figures(found: Summary) -> dict[str, bool]:
    return {goal.figure: met for goal, met in found.goals}


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (53, "very_low"),
        (54, "low"),
        (69, "low"),
        (70, "in_range"),
        (180, "in_range"),
        (181, "high"),
        (250, "high"),
        (251, "very_high"),
    ],
)
def test_each_end_of_each_range(value: int, place: str) -> None:
    assert summary(every_five([value])).figure(place) == 100


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (2.9, "very_low"),
        (3.0, "low"),
        (3.8, "low"),
        (3.9, "in_range"),
        (10.0, "in_range"),
        (10.1, "high"),
        (13.9, "high"),
        (14.0, "very_high"),
    ],
)
def test_each_end_of_each_range_in_mmol(value: float, place: str) -> None:
    assert summary(every_five([value], "mmol/L")).figure(place) == 100


@pytest.mark.parametrize(
    ("value", "unit", "place"),
    [
        (62, "mg/dL", "low"),
        (63, "mg/dL", "in_range"),
        (140, "mg/dL", "in_range"),
        (141, "mg/dL", "high"),
        (3.4, "mmol/L", "low"),
        (3.5, "mmol/L", "in_range"),
        (7.8, "mmol/L", "in_range"),
        (7.9, "mmol/L", "high"),
    ],
)
def test_pregnancy_has_its_own_range(value: float, unit: str, place: str) -> None:
    assert summary(every_five([value], unit), "pregnancy").figure(place) == 100


def test_low_and_high_without_a_number_count_as_time_and_not_in_the_mean() -> None:
    found = summary([*every_five([100, 120]), said("low", 60), said("high", 65)])
    assert (found.count, found.measured, found.mean) == (4, 2, 110)
    assert (found.shares.very_low, found.shares.very_high) == (25, 25)
    assert (found.shares.below, found.shares.above, found.shares.in_range) == (25, 25, 50)
    nothing = summary([said("low"), said("high", 5)])
    assert (nothing.mean, nothing.sd, nothing.gmi, nothing.mean_mmol) == (None, None, None, None)
    assert "cv" not in figures(nothing)


def test_goals_differ_by_whose_they_are() -> None:
    values = [60] * 2 + [100] * 62 + [200] * 36
    adult = figures(summary(every_five(values)))
    assert adult["in_range"] is False
    assert adult["below"] is True
    assert adult["very_low"] is True
    older = figures(summary(every_five(values), "older"))
    assert older == {"in_range": True, "below": False, "very_high": True}


def test_a_goal_at_its_edge_is_not_met_unless_it_is_included() -> None:
    assert figures(summary(every_five([100] * 70 + [200] * 30)))["in_range"] is False
    assert figures(summary(every_five([100] * 71 + [200] * 29)))["in_range"] is True
    assert figures(summary(every_five([60] * 4 + [100] * 96)))["below"] is False
    cv = next(goal for goal in TARGETS["adult"].goals if goal.figure == "cv")
    assert cv.met(36.0)
    assert not cv.met(36.01)


@pytest.mark.parametrize(
    ("values", "zone"),
    [([100] * 10, "A"), ([100] * 3 + [200], "A"), ([60] + [100] * 10, "B"), ([40] * 5, "E")],
)
def test_the_zone_of_the_risk_index(values: list[int], zone: str) -> None:
    assert summary(every_five(values)).gri_zone == zone


@pytest.mark.parametrize(
    ("steps", "expected"),
    [  # irinagain/iglu tests/testthat/test-active_percent.R, and its documented example.
        ([0, 5, 10, 15], 100),
        ([0, 15, 30, 45], 100),
        ([0, 5, 10, 15, 25, 30, 35, 40, 45], 90),
    ],
)
def test_time_worn_is_that_of_iglu(steps: list[int], expected: float) -> None:
    readings = [Glucose(MIDNIGHT + timedelta(minutes=step), Decimal(100)) for step in steps]
    assert wear(readings).active == pytest.approx(expected)


def test_ten_days_of_fourteen_are_enough_and_nine_are_not() -> None:
    def days(count: int) -> list[Glucose]:
        moments = (MIDNIGHT + timedelta(minutes=15 * place) for place in range(count * 96))
        return [Glucose(moment, Decimal(120)) for moment in moments]

    assert wear(days(10)).enough
    assert not wear(days(9)).enough
    assert wear(days(9), days=7).of_period == pytest.approx(100, abs=0.2)


def test_two_exports_that_overlap_count_each_reading_once() -> None:
    values = [60, 65, *[120] * 10, 200, 260]
    readings = every_five(values)
    both = [*readings[:10], *readings[4:], *readings[4:]]
    assert summary(both) == summary(readings)
    assert daily_profile(both) == daily_profile(readings)
    assert summary([said("low"), said("low"), *readings[1:]]).count == len(readings)


def test_two_different_values_at_one_moment_are_both_kept() -> None:
    """Nothing says which of two sensors is right, so neither is thrown away."""
    found = summary([*every_five([100, 100]), *every_five([140])])
    assert (found.count, found.measured) == (3, 3)
    assert found.mean == pytest.approx(340 / 3)
    assert summary([said("low"), *every_five([45])]).count == 2


def test_a_moment_is_the_same_in_every_zone_and_an_hour_lived_twice_is_two() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    [reading] = every_five([100])
    elsewhere = Glucose(reading.taken_at.astimezone(berlin), reading.value)
    assert summary([reading, elsewhere]).count == 1
    summer = datetime(2026, 10, 25, 2, 30, tzinfo=berlin)
    winter = summer.replace(fold=1)
    assert summary([Glucose(summer, Decimal(100)), Glucose(winter, Decimal(100))]).count == 2


def test_readings_imported_twice_are_worn_once() -> None:
    readings = every_five([100] * 20)
    assert wear(readings * 2) == wear(readings)


def test_the_day_s_course_is_told_by_the_hour() -> None:
    readings = [
        Glucose(MIDNIGHT + timedelta(days=day, hours=hour), Decimal(100 + 10 * day + hour))
        for day in range(5)
        for hour in (3, 12)
    ]
    night, noon = daily_profile(readings)
    assert (night.minute, night.count) == (180, 5)
    assert (night.p5, night.p25, night.p50, night.p75, night.p95) == pytest.approx(
        (105, 113, 123, 133, 141)
    )
    assert noon.p50 == 132
    assert daily_profile(readings[:8]) == ()
    for minutes in (0, 7, True):
        with pytest.raises(ClinicalInputError):
            daily_profile(readings, minutes)


def test_codes_and_goals_are_those_of_the_notes() -> None:
    notes = read("clinical/cgm.json")
    codes = {code for name, code in notes["loinc"].items() if name != "source"}
    assert set(glucose_metrics.LOINC.values()) == codes
    assert set(summary(every_five([100, 120])).coded) == codes
    adult = notes["targets"]["consensus_2019"]["T1D/T2D adult"]
    assert len(adult) == len(TARGETS["adult"].goals)
    assert all(target.source for target in TARGETS.values())
