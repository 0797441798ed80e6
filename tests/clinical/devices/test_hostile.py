"""Bombs, tricks and files of another kind are refused, with a sentence that says why."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from app.clinical import devices
from app.clinical.errors import ClinicalInputError
from tests.clinical.devices.files import clarity, health, opened, peak, record, zipped

HEART = record("HKQuantityTypeIdentifierHeartRate", "56", "count/min")
EXPORT = health(HEART)


def refusal(data: bytes | str) -> str:
    with pytest.raises(ClinicalInputError) as caught:
        opened(data).collect()
    assert isinstance(caught.value, devices.DeviceFileError)
    assert caught.value.field == "file"
    assert caught.value.source
    return str(caught.value.sentence)


LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))


@pytest.mark.parametrize(
    "top",
    [
        f'<!DOCTYPE HealthData [<!ENTITY l0 "ha">{LAUGHS}]>',
        '<!DOCTYPE HealthData [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE HealthData [<!ENTITY % x SYSTEM "http://example.org/x.dtd"> %x;]>',
        '<!DOCTYPE HealthData [<!ENTITY x "harmless">]>',
        '<!DOCTYPE HealthData SYSTEM "http://example.org/x.dtd">',
        '<!DOCTYPE HealthData PUBLIC "-//X//X" "http://example.org/x.dtd">',
        '<!DOCTYPE HealthData [<!ENTITY x PUBLIC "x" "http://example.org/x">]>',
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_entities_and_references_to_other_files_are_refused_at_once(top: str, packed: bool) -> None:
    text = health(HEART, top=top)
    data = zipped({"export.xml": text}) if packed else text.encode()
    with pytest.raises(devices.DeviceFileError, match="entities"):
        devices.read(io.BytesIO(data), "export.xml")


def test_an_internal_document_type_is_what_genuine_exports_have() -> None:
    top = "<!DOCTYPE HealthData [<!ELEMENT HealthData (Record*)> <!ATTLIST Record x CDATA 'y'>]>"
    assert opened(health(HEART, top=top)).summary.readings == 1


def test_attributes_added_by_the_document_type_are_not_the_person_s() -> None:
    top = "<!DOCTYPE HealthData [<!ATTLIST Record value CDATA '999'>]>"
    found = opened(health(HEART.replace(' value="56"', ""), top=top))
    assert found.collect() == []


def test_deep_nesting_is_refused() -> None:
    assert "nested" in refusal(health("<a>" * 100 + "</a>" * 100))
    assert "nested" in refusal(health(*[HEART] * 20_000, "<a>" * 100 + "</a>" * 100))


@pytest.mark.parametrize(
    "element",
    [
        f'<Record type="{"x" * 3_000_000}"/>',
        f"<Record>{'x' * 3_000_000}</Record>",
        f"<!-- {'x' * 3_000_000} -->",
        " " * 3_000_000,
    ],
)
def test_a_single_huge_entry_is_refused(element: str) -> None:
    assert "too long" in refusal(health(HEART, element, HEART))


def test_a_bomb_in_a_zip_is_refused_without_unpacking_it() -> None:
    data = zipped({"export.xml": health(" " * 40_000_000)})
    assert len(data) < 100_000
    assert "unpacks" in refusal(data)
    assert peak(lambda: refusal(data)) < 10_000_000


def test_a_genuine_export_shrinks_well_and_is_no_bomb() -> None:
    rows = [HEART.replace("56", str(20 + value % 200)) for value in range(60_000)]
    found = opened(zipped({"export.xml": health(*rows)}))
    assert found.summary.readings == 60_000


def test_a_zip_in_a_zip_is_not_opened() -> None:
    inner = zipped({"export.xml": EXPORT})
    assert "no health export" in refusal(zipped({"inner.zip": inner, "more.zip": inner}))


def test_too_many_members_are_refused_before_they_are_listed() -> None:
    data = bytearray(zipped({"export.xml": EXPORT}))
    at = data.rindex(b"PK\x05\x06")
    data[at + 8 : at + 12] = struct.pack("<2H", 60_000, 60_000)
    assert "60000" not in refusal(bytes(data))
    assert "more than 50000 files" in refusal(bytes(data))


@pytest.mark.parametrize("name", ["../export.xml", "/etc/export.xml", "a/../../b.xml", "C:/x.xml"])
def test_names_that_climb_out_are_refused(name: str) -> None:
    assert "unsafe names" in refusal(zipped({name: EXPORT}))


def test_a_locked_zip_asks_for_one_without_a_password() -> None:
    data = bytearray(zipped({"export.xml": EXPORT}))
    directory = data.index(b"PK\x01\x02")
    data[6] |= 1
    data[directory + 8] |= 1
    assert "password" in refusal(bytes(data))


def test_other_ways_of_packing_are_refused() -> None:
    assert "packed in a way" in refusal(zipped({"export.xml": EXPORT}, zipfile.ZIP_LZMA))


def test_a_damaged_zip_keeps_what_could_be_read() -> None:
    rows = [HEART.replace("56", str(50 + value * 7919 % 997)) for value in range(50_000)]
    data = bytearray(zipped({"export.xml": health(*rows)}))
    late = len(data) * 9 // 10
    data[late : late + 50] = bytes(50)
    found = opened(bytes(data))
    readings = found.collect()
    assert found.problems
    assert readings
    assert all(reading.measure == "heart-rate" for reading in readings)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"\n\n  \n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "spreadsheet"),
        (zipped({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<x/>"}), "spreadsheet"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "picture"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        (b'{"readings": [1, 2]}', "do not recognise"),
        (b"Foo,Bar\r\n1,2\r\n", "do not recognise"),
        (bytes(range(256)) * 40, "do not recognise"),
        (b"just a letter to my doctor", "do not recognise"),
        (b"<?xml version='1.0'?><ClinicalDocument/>", "do not recognise"),
        (b"<?xml version='1.0'?><Other><HealthData/></Other>", "do not recognise"),
        (b"PK\x03\x04 and then nothing", "damaged"),
        (zipped({}), "no health export"),
        (zipped({"bp.csv": "Date"}), "choose"),
    ],
)
def test_a_file_of_another_kind_is_named(data: bytes, says: str) -> None:
    assert says in refusal(data)


def test_a_line_of_a_million_letters_costs_itself() -> None:
    good = "3,2025-01-12T08:00:00,EGV,,,,iPhone,105,,,,,1000,8XYZ"
    found = opened(clarity(good, "x" * 1_000_000, good.replace("1000", "1300")))
    assert found.summary.readings == 2


def test_words_without_end_do_not_fill_the_memory() -> None:
    rows = [f"3,2025-01-12T08:00:00,{number}{'x' * 5_000},,,,,,,,,,," for number in range(2_000)]
    rows += [f"3,2025-01-12T08:00:00,EGV,{number},,,,100,,,,,{number}," for number in range(2_000)]
    data = clarity(*rows)
    assert peak(lambda: opened(data).summary) < len(data) + 4_000_000
    summary = opened(data).summary
    assert summary.passed["other"] == 2_000
    assert len(summary.subtypes) <= 501


def test_types_without_end_do_not_fill_the_memory() -> None:
    rows = [record("x" * 10_000 + str(number), "1", "y" * 10_000) for number in range(300)]
    data = health(*rows).encode()
    assert peak(lambda: opened(data).summary) < 2_000_000
    assert opened(data).summary.passed == {"other": 300}


def test_a_closed_or_broken_stream_is_refused() -> None:
    stream = io.BytesIO(b"x")
    stream.close()
    with pytest.raises(devices.DeviceFileError):
        devices.read(stream, "export.csv")
