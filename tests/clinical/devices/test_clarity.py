"""Dexcom Clarity as people export it in several countries."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from tests.clinical.devices.files import CLARITY_HEADING, clarity, opened

EGV = "3,2025-01-12T08:00:00,EGV,,,,iPhone,{value},,,,,1000,8XYZ"


def test_estimates_and_calibrations_are_told_apart() -> None:
    found = opened(
        clarity(
            EGV.format(value="105"),
            "4,2025-01-12T08:03:00,Calibration,,,,iPhone,110,,,,,,",
            "5,2025-01-12T08:04:00,Insulin,Fast-Acting,,,iPhone,,4.5,,,,,",
        )
    )
    estimate, calibration = found.readings
    assert (estimate.measure, estimate.context, estimate.value) == ("glucose-sensor", "egv", 105)
    assert (calibration.measure, calibration.context) == ("glucose", "calibration")
    assert found.summary.counts == {
        "egv": 1,
        "calibration": 1,
        "insulin": 1,
        "firstname": 1,
        "alert": 1,
    }


def test_the_clock_is_the_device_s_own() -> None:
    (reading,) = opened(clarity(EGV.format(value="105"))).readings
    assert reading.local
    assert reading.taken_at == datetime(2025, 1, 12, 8)  # noqa: DTZ001 - the device names no zone
    assert reading.device == "iPhone"


@pytest.mark.parametrize(("word", "end"), [("Low", "low"), ("High", "high"), ("LOW", "low")])
def test_a_word_in_place_of_a_number_is_kept_as_a_limit(word: str, end: str) -> None:
    found = opened(clarity(EGV.format(value=word)))
    (reading,) = found.readings
    assert (reading.censored, reading.value, reading.text) == (end, None, word)
    assert getattr(found.summary.kinds["egv"], end) == 1
    assert found.problems == ()


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_may_be_written_in_several_ways(delimiter: str, end: str, encoding: str) -> None:
    text = clarity(EGV.format(value="105"), end=end).replace(",", delimiter)
    found = opened(text.encode(encoding))
    assert [reading.value for reading in found.readings] == [105]


def test_the_older_export_has_one_column_fewer() -> None:
    heading = CLARITY_HEADING.removesuffix(",Transmitter ID")
    row = EGV.format(value="105").removesuffix(",8XYZ")
    assert opened(clarity(row, heading=heading)).summary.readings == 1


GERMAN = (
    "Index;Zeitstempel (JJJJ-MM-TTThh:mm:ss);Ereignistyp;Ereignisuntertyp;Patienteninfo;"
    "Geräteinfo;Quellgeräte-ID;Glukosewert (mmol/l);Insulinwert (IE);Kohlenhydratwert (Gramm)"
)
SPANISH = (
    "Índice;Marca temporal (AAAA-MM-DDThh:mm:ss);Tipo de evento;Subtipo de evento;"
    "Información del paciente;Información del dispositivo;Id. del dispositivo de origen;"
    "Nivel de glucosa (mg/dl);Nivel de insulina (u)"
)


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
@pytest.mark.parametrize(
    ("heading", "row", "value", "unit"),
    [
        # Heading and words as public importers of these exports expect them.
        (GERMAN, "1;2026-06-02T00:00:00;EGW;;;;iOS;5,8;;", "5.8", "mmol/L"),
        (GERMAN, "1;2026-06-02T00:00:00;EGV;;;;iOS;Niedrig;;", None, "mmol/L"),
        (
            SPANISH,
            "1;2026-06-02T00:00:00;Niveles estimados de glucosa;;;;iOS;112;",
            "112",
            "mg/dL",
        ),
    ],
)
def test_other_languages_are_read(
    encoding: str, heading: str, row: str, value: str | None, unit: str
) -> None:
    (reading,) = opened(f"{heading}\n{row}\n".encode(encoding)).readings
    assert reading.value == (Decimal(value) if value else None)
    assert reading.unit == unit


def test_two_equal_estimates_in_the_hour_that_repeats_are_both_kept() -> None:
    """In autumn the local clock shows 01:32 twice; the transmitter's own clock does not."""
    row = "3,2025-10-26T01:32:00,EGV,,,,iPhone,105,,,,,{mark},8XYZ"
    found = opened(clarity(row.format(mark=1000), row.format(mark=4600)))
    assert found.summary.readings == 2
    assert found.summary.duplicates == 0


def test_a_bad_row_costs_one_row() -> None:
    good = EGV.format(value="105")
    bad = (
        "nonsense",
        "4,yesterday,EGV,,,,iPhone,100,,,,,,",
        "5,2025-01-12T08:00:00,EGV,,,,iPhone,1o5,,,,,,",
    )
    found = opened(clarity(good, *bad, good.replace("08:00", "08:05")))
    assert [reading.value for reading in found.readings] == [105, 105]
    assert [problem.row for problem in found.problems] == [5, 6, 7]
    assert "yesterday" in str(found.problems[1].sentence)
