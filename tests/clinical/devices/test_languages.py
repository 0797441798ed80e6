"""The same export in other languages, encodings and ways of writing a table."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from unicodedata import normalize

import pytest

from app.clinical import devices
from tests.clinical.devices.files import CLARITY_HEADING, clarity, opened

LOCAL = datetime.fromisoformat("2025-01-12T08:30")
# Heading, the event of an estimate and of a calibration, and the words beyond the sensor.
CLARITY = {
    "en": (
        "Index;Timestamp (YYYY-MM-DDThh:mm:ss);Event Type;Event Subtype;Glucose Value (mmol/L)",
        ("EGV", "Calibration", "Low", "High"),
    ),
    "de": (
        "Index;Zeitstempel (JJJJ-MM-TTThh:mm:ss);Ereignistyp;Ereignisuntertyp;Glukosewert (mmol/l)",
        ("EGW", "Kalibrierung", "Niedrig", "Hoch"),
    ),
    "fr": (
        (
            "Index;Horodateur (AAAA-MM-JJThh:mm:ss);Type d'événement;Sous-type d'événement;"
            "Taux de glucose (mmol/L)"
        ),
        ("VGE", "Calibrage", "Bas", "Élevé"),
    ),
    "es": (
        (
            "Índice;Marca temporal (AAAA-MM-DDThh:mm:ss);Tipo de evento;Subtipo de evento;"
            "Nivel de glucosa (mmol/l)"
        ),
        ("Niveles estimados de glucosa", "Calibración", "Bajo", "Alto"),
    ),
    "it": (
        (
            "Indice;Data e ora (AAAA-MM-GGThh:mm:ss);Tipo di evento;Sottotipo di evento;"
            "Valore del glucosio (mmol/L)"
        ),
        ("EGV", "Calibrazione", "Basso", "Alto"),
    ),
    "nl": (
        (
            "Index;Tijdstempel (JJJJ-MM-DDThh:mm:ss);Gebeurtenistype;Gebeurtenissubtype;"
            "Glucosewaarde (mmol/L)"
        ),
        ("EGV", "Kalibratie", "Laag", "Hoog"),
    ),
}


def written(language: str, delimiter: str, end: str) -> str:
    heading, (estimate, calibration, low, high) = CLARITY[language]
    rows = [heading, "1;;FirstName;;", "2;;Alert;High;14,0"]
    for minute, (event, value) in enumerate(
        ((estimate, "5,8"), (estimate, low), (estimate, high), (calibration, "6,0"))
    ):
        rows.append(f"{minute + 3};2025-01-12T08:0{minute}:00;{event};;{value}")
    text = end.join((*rows, ""))
    if delimiter == ",":  # then a decimal comma stands between quotes
        text = "\n".join('"' + line.replace(";", '","') + '"' for line in text.splitlines())
        return text.replace("\n", end) + end
    return text.replace(";", delimiter)


@pytest.mark.parametrize("language", CLARITY)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "taken apart"])
def test_clarity_says_the_same_in_every_language(
    language: str, delimiter: str, encoding: str
) -> None:
    text = written(language, delimiter, "\r\n")
    data = normalize("NFD", text).encode() if encoding == "taken apart" else text.encode(encoding)
    found = opened(data)
    assert [(one.measure, one.unit, one.value, one.censored) for one in found.readings] == [
        ("glucose-sensor", "mmol/L", Decimal("5.8"), None),
        ("glucose-sensor", "mmol/L", None, "low"),
        ("glucose-sensor", "mmol/L", None, "high"),
        ("glucose", "mmol/L", Decimal("6.0"), None),
    ]
    assert found.problems == ()
    assert found.summary.passed == {"firstname": 1, "alert": 1}


def test_a_measured_number_of_an_unknown_sort_is_said_not_passed_over() -> None:
    row = "3,2025-01-12T08:00:00,{event},,,,iPhone,105,,,,,1000,8XYZ"
    found = opened(clarity(row.format(event="Glykemia"), row.format(event="EGV")))
    assert [one.value for one in found.readings] == [105]
    (problem,) = found.problems
    assert problem.row == 4
    assert "sort of row “Glykemia”" in str(problem.sentence)


@pytest.mark.parametrize(
    "row",
    [
        "15,2025-01-12T03:00:00,Alert,Urgent Low,,,iOS,55,,,,,",
        "16,2025-01-12T18:00:00,Exercise,Heavy,,,iOS,,,,00:45:00,,",
        "17,2025-01-12T07:31:00,Insulin,Fast-Acting,,,iOS,,4.5,,,,",
        "18,2025-01-12T07:31:00,Carbs,,,,iOS,,,45,,,",
    ],
)
def test_rows_of_other_sorts_are_only_counted(row: str) -> None:
    found = opened(clarity(row, "19,2025-01-12T08:00:00,EGV,,,,iOS,105,,,,,,8XYZ"))
    assert found.summary.readings == 1
    assert found.problems == ()


def test_rows_shorter_or_longer_than_the_heading_are_read() -> None:
    rows = (
        "3,2025-01-12T08:00:00,EGV,,,,iOS,105",
        "4,2025-01-12T08:05:00,EGV,,,,iOS,106" + "," * 30,
    )
    found = opened(clarity(*rows, heading=CLARITY_HEADING + ",,,"))
    assert [one.value for one in found.readings] == [105, 106]


CONNECT = (
    '"Measurement Date","Timezone","SYS(mmHg)","DIA(mmHg)","Pulse(bpm)",'
    '"Irregular heartbeat detected","IHB detection counts(times)","Body Movement",'
    '"Cuff wrap guide","Positioning Indicator","room temperature(°C)","Measurement Mode","Device"'
)


@pytest.mark.parametrize(
    ("zone", "taken_at"),
    [
        ("Europe/Berlin", datetime(2025, 1, 12, 7, 30, tzinfo=UTC)),
        ("America/New_York", datetime(2025, 1, 12, 13, 30, tzinfo=UTC)),
        ("", LOCAL),
        ("nowhere/../../etc", LOCAL),
    ],
)
def test_omron_connect_names_the_zone_of_each_row(zone: str, taken_at: datetime) -> None:
    row = f'"2025/01/12 08:30","{zone}","128","82","61","","","OK","OK","","","-","M7"'
    found = opened(f"{CONNECT}\n{row}\n")
    assert found.format == "omron"
    upper, lower, pulse = found.readings
    assert (upper.value, lower.value, pulse.value, upper.device) == (128, 82, 61, "M7")
    assert upper.local == (taken_at.tzinfo is None)
    assert upper.taken_at == taken_at


PRESSURES = {
    "Measurement Date,Time Zone,SYS,DIA,Pulse,Device Model Name": (
        "2025/01/12 08:30,Europe/Berlin,128,82,61,HEM"
    ),
    "Date,Time,SYS(mmHg),DIA(mmHg),Pulse(Beats/Min),Note": '"Jan 12, 2025",08:30,128,82,61,',
    "Datum;Uhrzeit;Systolisch (kPa);Diastolisch (kPa);Puls (bpm)": "12.01.2025;08:30;17,1;10,9;61",
    "Date,Systolic (mmHg),Diastolic (mmHg),Heart rate (bpm),Pulse wave velocity (m/s)": (
        "2025-01-12 08:30:00,128,82,61,7.4"
    ),
    "Data;Ora;Sistolica (mmHg);Diastolica (mmHg);Polso (bpm)": (
        "12/01/2025;08:30;128;82;61\n13/01/2025;08:30;128;82;61"
    ),
}


@pytest.mark.parametrize("heading", PRESSURES)
def test_pressures_under_other_headings_are_read(heading: str) -> None:
    unit = "kPa" if "kPa" in heading else "mm[Hg]"
    found = opened(f"{heading}\n{PRESSURES[heading]}\n")
    readings = found.collect()
    assert found.problems == ()
    assert [one.measure for one in readings[:3]] == ["blood-pressure"] * 2 + ["heart-rate"]
    assert {one.unit for one in readings[:2]} == {unit}
    assert readings[0].taken_at.replace(tzinfo=None) == LOCAL


def test_pressures_of_no_named_unit_and_kind_are_refused() -> None:
    with pytest.raises(devices.DeviceFileError):
        opened("Date,Systolic,Diastolic\n2025-01-12 08:30:00,128,82\n")


def test_a_dutch_libre_file_begins_with_the_day() -> None:
    text = (
        "Glucosegegevens,Gegenereerd op,05-06-2025 10:00 UTC,Gegenereerd door,Pat\n"
        "Apparaat,Serienummer,Tijdstempel apparaat,Gegevenstype,Historische glucose mmol/l,"
        "Scan Glucose mmol/l\n"
        'FreeStyle LibreLink,A,01-02-2025 08:00,0,"5,8",\n'
    )
    (reading,) = opened(text).readings
    assert (reading.value, reading.taken_at) == (
        Decimal("5.8"),
        datetime.fromisoformat("2025-02-01T08:00"),
    )
