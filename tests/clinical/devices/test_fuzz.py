"""Whatever the bytes, reading ends in readings, problems or the one refusal; never else."""

from __future__ import annotations

import contextlib
import random
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.clinical import devices, measures
from app.clinical.devices import Reading, limits
from app.clinical.devices.times import EARLIEST_YEAR, LATEST_YEAR
from tests.clinical.devices.files import (
    OMRON_HEADING,
    clarity,
    health,
    historic,
    libre,
    opened,
    record,
    zipped,
)

EGV = [f"3,2025-01-12T{hour:02}:00:00,EGV,,,,iPhone,{80 + hour},,,,,{hour},X" for hour in range(24)]
LIBRE = [historic(f"13-01-2025 {hour:02}:00", str(80 + hour)) for hour in range(24)]
OMRON = [f'"Jan {day} 2025",08:12,{110 + day},74,47,-,-,-,-' for day in range(1, 25)]
HEART = [record("HKQuantityTypeIdentifierHeartRate", str(50 + n), "count/min") for n in range(24)]
TABLES = {
    "clarity": (clarity, EGV),
    "libre": (libre, LIBRE),
    "omron": (lambda *rows: "\n".join((OMRON_HEADING, *rows, "")), OMRON),
}
PRESSURES = [
    record(f"HKQuantityTypeIdentifierBloodPressure{part}", str(value + n), "mmHg",
           startDate=f"2025-01-10 {n:02}:00:00 +0100", endDate=f"2025-01-10 {n:02}:00:00 +0100")
    for n in range(24) for part, value in (("Systolic", 110), ("Diastolic", 70))
]  # fmt: skip
NIGHT = record(
    "HKCategoryTypeIdentifierSleepAnalysis",
    "HKCategoryValueSleepAnalysisAsleepREM",
    startDate="2025-01-10 01:00:00 +0100",
    endDate="2025-01-10 02:30:00 +0100",
)
WORKOUT = (
    '<Workout workoutActivityType="HKWorkoutActivityTypeWalking" duration="30.5"'
    ' durationUnit="min" startDate="2025-01-10 10:00:00 +0100"'
    ' endDate="2025-01-10 10:30:30 +0100"/>'
)
SHARE = record("HKQuantityTypeIdentifierOxygenSaturation", "0.97", "%")
MADE = '<ExportDate value="2025-01-14 12:00:00 +0100"/>'
WITHINGS = "\n".join((
    'Date,"Weight (kg)","Fat mass (kg)",Comments',
    *(f'"2025-01-{day:02} 07:30:00",{80 + day}.5,18.2,' for day in range(1, 25)), "",
))  # fmt: skip
EXPORTS = [
    "\n".join((OMRON_HEADING, *OMRON, "")).encode(),
    WITHINGS.encode("utf-8-sig"),
    health(MADE, *PRESSURES, NIGHT, WORKOUT, SHARE).encode(),
    zipped({"weight.csv": WITHINGS, "w2.csv": WITHINGS.replace("2025", "2024")}),
    clarity(*EGV).encode(),
    libre(*LIBRE).encode("utf-16"),
    health(*HEART).encode(),
    zipped({"export.xml": health(*HEART)}),
]


# The most that one row of these files holds.
NUMBERS_A_ROW = 3
# What an export holds that the table of home measures does not: nights and workouts.
KNOWN = measures.MEASURES.keys() | limits.LIKE.keys()
# A duration and a word may stand where another measure has its number.
WITHOUT_NUMBER = {"SleepAnalysis"}


def read(data: bytes) -> list[Reading]:
    """Everything a page would ask of a file, each part of it as the documents say."""
    found = opened(data)
    readings = found.collect()
    assert found.format in {form.key for form in devices.FORMATS}
    assert found.summary.readings == len(readings)
    assert found.summary.rejected >= len(found.problems)
    for reading in readings:
        check(reading)
    assert all(str(problem.sentence) and problem.row > 0 for problem in found.problems)
    return readings


def check(reading: Reading) -> None:
    """One reading: a measure we know, in its unit, at a moment, with the number of its text."""
    assert reading.measure in KNOWN
    assert len(reading.identity) == 32
    assert EARLIEST_YEAR <= reading.taken_at.year <= LATEST_YEAR
    assert reading.local == (reading.taken_at.utcoffset() is None)
    assert reading.ended_at is None or reading.ended_at.tzinfo is not None or reading.local
    low, high = limits.span(reading.measure, reading.component, reading.unit)
    assert low.is_finite()
    assert high.is_finite()
    if reading.value is None:
        assert reading.censored in {"low", "high"}
        assert not any(letter.isdigit() for letter in reading.text)
        return
    assert reading.censored is None
    assert low <= reading.value <= high
    if reading.kind not in WITHOUT_NUMBER:
        written = Decimal(reading.text.replace(",", "."))
        assert reading.value in ({written, written * 100} if reading.unit == "%" else {written})


def outcome(data: bytes) -> str:
    """What came of reading: readings with or without problems, or the one documented refusal."""
    try:
        found = read(data)
    except devices.DeviceFileError as refusal:
        told = refusal
    else:
        return "read" if found else "nothing read"
    assert told.field == "file"
    assert str(told.sentence).endswith(".")
    assert told.source
    return "refused"


@given(st.binary(max_size=2000))
def test_random_bytes_hold_no_reading(data: bytes) -> None:
    assert outcome(data) != "read"


@given(st.text(max_size=500), st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]))
def test_random_text_holds_no_reading(text: str, encoding: str) -> None:
    assert outcome(text.encode(encoding, "replace")) != "read"


@given(st.sampled_from(EXPORTS), st.data())
def test_bytes_changed_anywhere(data: bytes, draw: st.DataObject) -> None:
    spoilt = bytearray(data)
    places = draw.draw(st.lists(st.integers(0, len(spoilt) - 1), min_size=1, max_size=8))
    for place in places:
        spoilt[place] = draw.draw(st.integers(0, 255))
    result = outcome(bytes(spoilt))
    assert result in {"read", "nothing read", "refused"}
    # A spoilt heading or zip may cost every row; any other letter the rows it joins.
    if min(places) > len(data) // 2 and not data.startswith(b"PK"):
        assert result == "read"
        lost = {one.identity for one in opened(data)} - {
            one.identity for one in read(bytes(spoilt))
        }
        assert len(lost) <= len(places) * 2 * NUMBERS_A_ROW


@given(st.sampled_from(EXPORTS), st.floats(0, 1))
def test_a_file_cut_off_anywhere(data: bytes, share: float) -> None:
    cut = data[: int(len(data) * share)]
    whole = [reading.identity for reading in opened(data).readings]
    with contextlib.suppress(devices.DeviceFileError):
        before = [reading.identity for reading in read(cut)]
        # All but the last, which may be cut in the middle of its number.
        assert before[:-1] == whole[: max(len(before) - 1, 0)]
    assert outcome(cut) in {"read", "nothing read", "refused"}


@given(st.binary(max_size=300))
def test_random_bytes_after_a_genuine_beginning(tail: bytes) -> None:
    for data in EXPORTS:
        assert outcome(data[:700] + tail) in {"read", "nothing read", "refused"}


@pytest.mark.parametrize("name", TABLES)
@settings(max_examples=60)
@given(
    junk=st.lists(
        st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]), max_size=60),
        max_size=6,
    ),
    seed=st.randoms(use_true_random=False),
)
def test_rubbish_between_the_rows_loses_no_row(
    name: str, junk: list[str], seed: random.Random
) -> None:
    write, good = TABLES[name]
    expected = {reading.identity for reading in opened(write(*good)).readings}
    rows = [*good, *junk]
    seed.shuffle(rows)
    assert expected <= {reading.identity for reading in read(write(*rows).encode())}


@given(st.lists(st.sampled_from(["bad", '"', "value", "<", "time"]), max_size=5), st.randoms())
def test_bad_records_lose_no_good_one(bad: list[str], seed: random.Random) -> None:
    spoilt = [record("HKQuantityTypeIdentifierHeartRate", word.strip('"<'), "count/min",
                     startDate=word.strip('"<')) for word in bad]  # fmt: skip
    rows = [*HEART, *spoilt]
    seed.shuffle(rows)
    found = opened(health(*rows))
    assert sorted(reading.value for reading in found.readings) == list(range(50, 74))
    assert len(found.problems) == len(bad)


@given(st.integers(0, 23), st.integers(0, 10_000), st.integers(0, 255))
def test_one_changed_byte_costs_two_records_at_most(row: int, place: int, byte: int) -> None:
    spoilt = bytearray(HEART[row].encode())
    spoilt[place % len(spoilt)] = byte
    begin, end = (health(*part).encode() for part in (HEART[:row], HEART[row + 1 :]))
    begin, end = begin[: -len("</HealthData>")], end[end.index(b"<Record") :] if row < 23 else b""
    readings = read(begin + bytes(spoilt) + b"\n" + end)
    assert len(readings) >= 22


@pytest.mark.parametrize("rows", range(24))
def test_rows_before_the_cut_are_kept(rows: int) -> None:
    whole = health(*HEART)
    cut = whole[: whole.index(HEART[rows]) + 30]
    assert [reading.value for reading in read(cut.encode())] == list(range(50, 50 + rows))
