"""A file is streamed, can be read again, and names each reading the same every time."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clinical import devices
from app.clinical.devices import Reading
from tests.clinical.devices.files import clarity, health, historic, libre, opened, peak, record

HEART = "HKQuantityTypeIdentifierHeartRate"
EGV = "3,2025-01-{day:02}T{hour:02}:00:00,EGV,,,,iPhone,{value},,,,,1000,8XYZ"
ROWS = [EGV.format(day=day, hour=hour, value=100) for day in range(1, 29) for hour in range(24)]


def test_problems_and_summary_may_be_asked_before_the_readings() -> None:
    found = opened(clarity(*ROWS, "4,never,EGV,,,,,100"))
    assert len(found.problems) == 1
    assert found.summary.readings == len(ROWS)
    assert len(found.collect()) == len(list(found.readings)) == len(ROWS)


def test_two_loops_at_once_do_not_disturb_each_other() -> None:
    found = opened(clarity(*ROWS))
    pairs = list(zip(found.readings, found.readings, strict=True))
    assert len(pairs) == len(ROWS)
    assert all(one == other for one, other in pairs)


def test_stopping_early_leaves_nothing_half_counted() -> None:
    found = opened(clarity(*ROWS))
    next(iter(found.readings))
    assert found.summary.readings == len(ROWS)


class Once(io.RawIOBase):
    """A stream as a network gives it: read once, from the start to the end."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        return self._data.readinto(buffer)


def test_a_stream_that_cannot_be_rewound_is_read_all_the_same() -> None:
    found = devices.read(Once(clarity(*ROWS).encode()), "export.csv")
    assert found.summary.readings == len(found.collect()) == len(ROWS)


def test_a_file_opened_as_text_is_read_all_the_same() -> None:
    assert devices.read(io.StringIO(clarity(*ROWS)), "export.csv").summary.readings == len(ROWS)


def export(records: int) -> bytes:
    rows = (record(HEART, str(50 + number % 100), "count/min") for number in range(records))
    return health(*rows).encode()


def walked(data: bytes) -> Callable[[], object]:
    return lambda: sum(1 for _ in opened(data).readings)


def test_memory_does_not_grow_with_the_file() -> None:
    small, large = export(2_000), export(20_000)
    assert peak(walked(large)) < peak(walked(small)) * 1.5 + 200_000


READING = Reading(
    "heart-rate",
    "value",
    "HeartRate",
    "56",
    Decimal(56),
    "/min",
    "count/min",
    datetime.fromisoformat("2025-01-10T10:00:00+01:00"),
    device="Apple\N{NO-BREAK SPACE}Watch",
)


@pytest.mark.parametrize(
    "same",
    [
        READING._replace(text="56.0", value=Decimal("56.0")),
        READING._replace(taken_at=datetime.fromisoformat("2025-01-10T09:00:00+00:00")),
        READING._replace(device="Apple Watch"),
        READING._replace(unit_text="bpm"),
    ],
)
def test_spelling_does_not_change_a_reading_s_identity(same: Reading) -> None:
    assert same.identity == READING.identity


@pytest.mark.parametrize(
    "other",
    [
        READING._replace(value=Decimal(57)),
        READING._replace(taken_at=datetime.fromisoformat("2025-01-10T10:00:00+00:00")),
        READING._replace(taken_at=datetime.fromisoformat("2025-01-10T09:00:00")),
        READING._replace(device="iPhone"),
        READING._replace(measure="steps"),
        READING._replace(component="systolic"),
        READING._replace(unit="/s"),
        READING._replace(value=None, censored="low"),
        READING._replace(mark="7"),
    ],
)
def test_another_measurement_has_another_identity(other: Reading) -> None:
    assert other.identity != READING.identity


TIMES = [f"13-01-2025 {hour:02}:{minute:02}" for hour in range(3) for minute in range(0, 60, 15)]


@given(st.permutations([historic(when, str(100 + len(when))) for when in TIMES]))
def test_the_order_of_rows_changes_no_reading(rows: list[str]) -> None:
    before = {reading.identity for reading in opened(libre(*sorted(rows))).readings}
    assert {reading.identity for reading in opened(libre(*rows)).readings} == before
    assert len(before) == len(rows)


def test_repeated_rows_are_counted_and_read_once() -> None:
    found = opened(clarity(*ROWS, *ROWS))
    assert found.summary.readings == len(ROWS)
    assert found.summary.duplicates == len(ROWS)


def test_ten_thousand_problems_are_kept_and_the_rest_counted() -> None:
    found = opened(clarity(*["4,never,EGV,,,,,100"] * 10_100))
    assert len(found.problems) == 10_000
    assert found.summary.rejected == 10_100


def test_pairs_are_made_of_the_same_moment_and_device() -> None:
    def readings() -> Iterator[Reading]:
        for minute in range(3):
            moment = READING.taken_at.replace(minute=minute)
            yield READING._replace(measure="blood-pressure", component="systolic", taken_at=moment)
        yield READING._replace(measure="blood-pressure", component="diastolic", device="other")
        yield READING._replace(measure="blood-pressure", component="diastolic")

    ((upper, lower),) = devices.blood_pressures(readings())
    assert (upper.component, lower.component) == ("systolic", "diastolic")
    assert upper.taken_at == lower.taken_at


def test_each_format_says_where_its_shape_is_known_from() -> None:
    keys = [row.key for row in devices.FORMATS]
    assert keys == sorted(set(keys), key=keys.index)
    assert all(row.source and str(row.title) for row in devices.FORMATS)
