"""Whatever the bytes, reading ends in readings, problems or the one refusal; never else."""

from __future__ import annotations

import contextlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.clinical import devices
from app.clinical.devices import Reading
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
EXPORTS = [
    clarity(*EGV).encode(),
    libre(*LIBRE).encode("utf-16"),
    health(*HEART).encode(),
    zipped({"export.xml": health(*HEART)}),
]


def read(data: bytes) -> list[Reading]:
    """Everything a page would ask of a file."""
    found = opened(data)
    readings = found.collect()
    assert found.summary.readings == len(readings)
    assert found.summary.rejected >= len(found.problems)
    for reading in readings:
        assert reading.identity
        assert (reading.value is None) == (reading.censored is not None)
    assert all(str(problem.sentence) and problem.row > 0 for problem in found.problems)
    return readings


def survives(data: bytes) -> None:
    with contextlib.suppress(devices.DeviceFileError):
        read(data)


@given(st.binary(max_size=2000))
def test_random_bytes(data: bytes) -> None:
    survives(data)


@given(st.text(max_size=500), st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]))
def test_random_text(text: str, encoding: str) -> None:
    survives(text.encode(encoding, "replace"))


@given(st.sampled_from(EXPORTS), st.data())
def test_bytes_changed_anywhere(data: bytes, draw: st.DataObject) -> None:
    spoilt = bytearray(data)
    for _ in range(draw.draw(st.integers(1, 8))):
        place = draw.draw(st.integers(0, len(spoilt) - 1))
        spoilt[place] = draw.draw(st.integers(0, 255))
    survives(bytes(spoilt))


@given(st.sampled_from(EXPORTS), st.floats(0, 1))
def test_a_file_cut_off_anywhere(data: bytes, share: float) -> None:
    survives(data[: int(len(data) * share)])


@given(st.binary(max_size=300))
def test_random_bytes_after_a_genuine_beginning(tail: bytes) -> None:
    for data in EXPORTS:
        survives(data[:700] + tail)


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
