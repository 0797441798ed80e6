"""A whole Withings export: nights, and series that stand in one cell."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from app.clinical import devices
from tests.clinical.devices.files import opened, zipped

SLEEP = (
    'from,to,"light (s)","deep (s)","rem (s)","awake (s)","wake up","Duration to sleep (s)",'
    '"Duration to wake up (s)","Snoring (s)","Snoring episodes","Average heart rate",'
    '"Heart rate (min)","Heart rate (max)"\n'
)
NIGHT = "2025-01-12T23:10:00+01:00,2025-01-13T06:50:00+01:00,14400,5400,7200,900,2,,,,,54,48,70\n"
SERIES = "start,duration,value\n"


def test_a_night_has_a_reading_for_each_stage() -> None:
    found = opened(SLEEP + NIGHT, "sleep.csv")
    assert found.format == "withings"
    assert [(one.measure, one.context, one.value, one.unit) for one in found.readings] == [
        ("sleep", "light", 14400, "s"),
        ("sleep", "deep", 5400, "s"),
        ("sleep", "rem", 7200, "s"),
        ("awake", "awake", 900, "s"),
    ]
    first = next(iter(found.readings))
    assert first.taken_at == datetime.fromisoformat("2025-01-12T23:10:00+01:00")
    assert first.ended_at == datetime.fromisoformat("2025-01-13T06:50:00+01:00")
    assert len({one.identity for one in found.readings}) == 4


@pytest.mark.parametrize(
    "bad",
    [
        NIGHT.replace("2025-01-13T", "2025-01-11T"),
        NIGHT.replace("06:50:00+01:00", "06:50:00"),
        NIGHT.replace("14400,5400,7200,900", ",,,"),
        NIGHT.replace("14400", "much"),
        NIGHT.replace("14400", "86401"),
        NIGHT.replace("2025-01-12T", "never"),
    ],
)
def test_a_bad_night_costs_itself(bad: str) -> None:
    found = opened(SLEEP + bad + NIGHT)
    assert found.summary.imported == 1
    assert [problem.row for problem in found.problems] == [2]


@pytest.mark.parametrize(
    ("name", "measure", "unit"),
    [
        ("raw_tracker_hr.csv", "heart-rate", "/min"),
        ("raw_bed_hr.csv", "heart-rate", "/min"),
        ("raw_spo2_auto_spo2.csv", "oxygen-saturation", "%"),
        ("RAW_TRACKER_STEPS.CSV", "steps", "{steps}"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_series_is_read_value_by_value(name: str, measure: str, unit: str, packed: bool) -> None:
    text = SERIES + '2025-01-12T09:00:00+01:00,"[60,60,30]","[95, 96,97]"\n'
    found = opened(zipped({name: text}) if packed else text, name)
    assert [(one.measure, one.unit, one.value) for one in found.readings] == [
        (measure, unit, Decimal(value)) for value in (95, 96, 97)
    ]
    assert [f"{one.taken_at:%H:%M:%S}" for one in found.readings] == [
        "09:00:00", "09:01:00", "09:02:00",
    ]  # fmt: skip
    assert [f"{one.ended_at:%H:%M:%S}" for one in found.readings][-1] == "09:02:30"


@pytest.mark.parametrize(
    "row",
    [
        '2025-01-12T09:00:00+01:00,"[60,60]","[65]"',
        '2025-01-12T09:00:00+01:00,"[60]","[fast]"',
        '2025-01-12T09:00:00+01:00,"[-60]","[65]"',
        '2025-01-12T09:00:00+01:00,"[99999999]","[65]"',
        '2025-01-12T09:00:00+01:00,"[60]","[6500]"',
        '2025-01-12T09:00:00+01:00,"[]","[]"',
        '2025-01-12T09:00:00+01:00,"[60]","[[65]]"',
    ],
)
def test_a_bad_series_costs_its_row(row: str) -> None:
    good = '2025-01-13T09:00:00+01:00,"[60]","[66]"'
    found = opened(f"{SERIES}{row}\n{good}\n", "raw_tracker_hr.csv")
    assert [one.value for one in found.readings] == [66]
    assert [problem.row for problem in found.problems] == [2]


def test_a_series_that_nobody_named_is_not_guessed() -> None:
    text = SERIES + '2025-01-12T09:00:00+01:00,"[60]","[65]"\n'
    with pytest.raises(devices.DeviceFileError):
        opened(text, "raw_location_latitude.csv")
    with pytest.raises(devices.DeviceFileError):
        opened(text, "renamed.csv")


def test_a_whole_export_is_read_together() -> None:
    members = {
        "bp.csv": "Date,Heart rate,Systolic,Diastolic,Comments\n2025-01-12 08:15:00,64,130,85,\n",
        "sleep.csv": SLEEP + NIGHT,
        "raw_tracker_hr.csv": SERIES + '2025-01-12T09:00:00+01:00,"[60,60]","[65,66]"\n',
        "raw_location_latitude.csv": SERIES + '2025-01-12T09:00:00+01:00,"[60]","[52.5]"\n',
        "account.csv": "key,value\n",
    }
    found = opened(zipped(members), "data_PAT_1736000000.zip")
    assert found.summary.readings == 3 + 4 + 2
    assert found.problems == ()
    assert found.summary.passed == {"file": 2}
