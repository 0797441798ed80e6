"""Zips that hold more than one file."""

from __future__ import annotations

import pytest

from app.clinical import devices
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

HEART = "HKQuantityTypeIdentifierHeartRate"
SMALL = health(record(HEART, "56", "count/min"))
LARGE = health(record(HEART, "60", "count/min"), record(HEART, "61", "count/min"))
BP = 'Date,"Heart rate",Systolic,Diastolic,Comments\n"2025-01-12 08:15:00",64,130,85,\n'
WEIGHT = (
    'Date,"Weight (kg)","Fat mass (kg)",Comments\n"2025-01-12 07:30:00",82.35,18.2,\n'
    '"2025-01-13 07:30:00",heavy,18.2,\n'
)


@pytest.mark.parametrize("names", [("a/export.xml", "b/export.xml"), ("b.xml", "a.xml")])
def test_another_export_in_a_zip_is_said(names: tuple[str, str]) -> None:
    found = opened(zipped(dict(zip(names, (SMALL, LARGE), strict=True))))
    assert [one.value for one in found.readings] == [60, 61]
    (problem,) = found.problems
    assert f"another export as well, “{names[0]}”" in str(problem.sentence)


def test_a_copy_of_the_same_export_is_no_other() -> None:
    found = opened(zipped({"export.xml": LARGE, "copy/export.xml": LARGE}))
    assert found.summary.readings == 2
    assert found.problems == ()


def test_the_files_of_one_maker_are_read_together() -> None:
    members = {
        "bp.csv": BP,
        "weight.csv": WEIGHT,
        "account.csv": "key,value\nfirstname,Pat\n",
        "__MACOSX/._bp.csv": b"\x00\x05\x16\x07",
        "README.md": "hello",
    }
    found = opened(zipped(members), "data_PAT_1700000000.zip")
    assert found.format == "withings"
    assert [(one.measure, str(one.value)) for one in found.readings] == [
        ("blood-pressure", "130"),
        ("blood-pressure", "85"),
        ("heart-rate", "64"),
        ("weight", "82.35"),
    ]
    (problem,) = found.problems
    assert problem.row == 3
    assert str(problem.sentence).startswith("In “weight.csv”: “heavy” is not a number")
    assert found.summary.passed == {"file": 1}
    assert found.summary.readings == len(found.collect()) == 4


def test_tables_of_another_maker_are_said_and_not_mixed_in() -> None:
    glucose = clarity("3,2025-01-12T08:00:00,EGV,,,,iPhone,105,,,,,1000,8XYZ")
    found = opened(zipped({"bp.csv": BP, "weight.csv": WEIGHT, "clarity.csv": glucose}))
    assert {one.measure for one in found.readings} == {"blood-pressure", "heart-rate", "weight"}
    assert any("“clarity.csv”" in str(problem.sentence) for problem in found.problems)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (clarity("3,2025-01-12T08:00:00,EGV,,,,iPhone,105,,,,,1000,8XYZ"), "dexcom-clarity"),
        (libre(historic("13-01-2025 08:00", "100"), made="14-01-2025 10:00"), "libreview"),
        (f"{OMRON_HEADING}\nJan 6 2025,08:46,117,76,50,-,-,-,-\n", "omron"),
    ],
)
def test_a_table_alone_in_a_zip_is_read(text: str, key: str) -> None:
    found = opened(zipped({"export.csv": text.encode("utf-8-sig")}))
    assert found.format == key
    assert found.summary.readings
    assert found.problems == ()


def test_a_zip_of_tables_nobody_knows_is_refused() -> None:
    with pytest.raises(devices.DeviceFileError, match="no health export"):
        opened(zipped({"a.csv": "x,y\n1,2\n", "b.csv": "", "c.txt": "hello"}))


def test_a_bomb_among_the_tables_is_refused() -> None:
    with pytest.raises(devices.DeviceFileError, match="unpacks"):
        opened(zipped({"bp.csv": BP, "weight.csv": WEIGHT + " " * 40_000_000}))


def test_the_same_row_in_two_files_counts_once() -> None:
    found = opened(zipped({"bp.csv": BP, "bp (1).csv": BP}))
    assert found.summary.readings == 3
    assert found.summary.duplicates == 1


def test_a_damaged_table_in_a_zip_keeps_what_could_be_read() -> None:
    days = [
        f"2025-{n % 12 + 1:02}-{n % 28 + 1:02} {n % 24:02}:{n * 7 % 60:02}:00" for n in range(9_000)
    ]
    rows = "".join(f'"{day}",{60 + n * 7919 % 97},1,\n' for n, day in enumerate(days))
    data = bytearray(zipped({"weight.csv": WEIGHT + rows}))
    late = len(data) * 8 // 10
    data[late : late + 50] = bytes(50)
    found = opened(bytes(data))
    assert found.summary.readings > 1_000
    assert "export the file again" in str(found.problems[-1].sentence)


def test_a_table_that_begins_nowhere_is_no_table() -> None:
    data = bytearray(zipped({"weight.csv": WEIGHT, "bp.csv": BP}))
    end = data.rindex(b"PK\x05\x06")
    # Where the list of files begins, a little later: each file then begins before the zip does.
    data[end + 17] += 1
    with pytest.raises(devices.DeviceFileError):
        opened(bytes(data)).collect()


def test_files_beyond_those_looked_into_are_counted() -> None:
    members = {f"{number}.csv": "x,y\n1,2\n" for number in range(150)}
    found = opened(zipped({"bp.csv": BP, **members}))
    assert found.summary.readings == 3
    assert found.summary.passed == {"file": 150}
