"""Apple Health exports: zipped and not, in any language, with what real ones hold."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from app.clinical import devices, measures
from app.clinical.devices import clarity, libre, limits
from app.clinical.devices.apple_types import TYPES
from tests.clinical.devices.files import health, opened, record, zipped

HEART = "HKQuantityTypeIdentifierHeartRate"
SYSTOLIC = "HKQuantityTypeIdentifierBloodPressureSystolic"
DIASTOLIC = "HKQuantityTypeIdentifierBloodPressureDiastolic"
SPO2 = "HKQuantityTypeIdentifierOxygenSaturation"
GLUCOSE = "HKQuantityTypeIdentifierBloodGlucose"
SLEEP = "HKCategoryTypeIdentifierSleepAnalysis"
ONE = health(record(HEART, "56", "count/min"))
# The shape of the document type at the head of genuine exports.
INTERNAL = """<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 14 -->
<!ELEMENT HealthData (ExportDate,Me,(Record|Correlation|Workout|ActivitySummary)*)>
<!ATTLIST HealthData locale CDATA #REQUIRED>
<!ATTLIST Record unit CDATA #IMPLIED value CDATA #IMPLIED>
]>"""


@pytest.mark.parametrize(
    "name",
    [
        "apple_health_export/export.xml",
        "apple_health_export/exportar.xml",
        "导出.xml",
        "Export.XML",
    ],
)
def test_the_main_file_is_known_by_what_it_holds(name: str) -> None:
    members = {
        "apple_health_export/export_cda.xml": "<?xml version='1.0'?><ClinicalDocument/>",
        name: health(record(HEART, "56", "count/min"), top=INTERNAL),
        "apple_health_export/workout-routes/route.gpx": "<gpx/>",
    }
    found = opened(zipped(members), "export.zip")
    assert found.format == "apple-health"
    assert [reading.value for reading in found.readings] == [56]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_an_xml_file_may_name(encoding: str) -> None:
    text = ONE.replace("Watch", "Uhr\N{NO-BREAK SPACE}ä").replace("UTF-8", encoding[:6].strip("-"))
    text = text.replace('encoding="utf-16"', 'encoding="UTF-16"')
    (reading,) = opened(text.encode(encoding)).readings
    assert reading.device == "Uhr\N{NO-BREAK SPACE}ä"


def test_each_record_carries_its_own_zone() -> None:
    found = opened(
        health(
            record(HEART, "56", "count/min", startDate="2025-01-10 10:00:00 +0100"),
            record(HEART, "57", "count/min", startDate="2025-01-10 10:00:00 -0800"),
            record(HEART, "58", "count/min", startDate="2025-01-10 05:00:00 -0500"),
        )
    )
    hours = [reading.taken_at.utcoffset().total_seconds() / 3600 for reading in found.readings]
    assert hours == [1, -8, -5]
    kind = found.summary.kinds["HeartRate"]
    assert kind.first == datetime.fromisoformat("2025-01-10T09:00:00+00:00")
    assert kind.last == datetime.fromisoformat("2025-01-10T18:00:00+00:00")
    assert (kind.lowest, kind.highest, kind.count) == (56, 58, 3)


def correlation(*records: str) -> str:
    return "\n".join(('<Correlation type="HKCorrelationTypeIdentifierBloodPressure">', *records,
                      "</Correlation>"))  # fmt: skip


PAIR = (record(SYSTOLIC, "136", "mmHg"), record(DIASTOLIC, "69", "mmHg"))


@pytest.mark.parametrize(
    "elements",
    [
        (*PAIR, correlation(*PAIR)),
        (correlation(*PAIR), *PAIR),
        (PAIR[0], correlation(*PAIR), PAIR[1]),
        (correlation(*PAIR),),  # against Apple's own rule, and still not lost
        PAIR,
        (*PAIR, *PAIR, correlation(*PAIR), correlation(*PAIR)),
    ],
)
def test_a_pressure_repeated_in_a_correlation_counts_once(elements: tuple[str, ...]) -> None:
    found = opened(health(*elements))
    ((upper, lower),) = devices.blood_pressures(found.readings)
    assert (upper.value, lower.value) == (136, 69)
    assert found.summary.readings == 2


@pytest.mark.parametrize(
    "unit", ["mmol&lt;180.1558800000541&gt;/L", "mmol&lt;180.156&gt;/L", "mmol/L"]
)
def test_glucose_in_moles_whatever_mass_is_named(unit: str) -> None:
    (reading,) = opened(health(record(GLUCOSE, "4.59", unit))).readings
    assert (reading.value, reading.unit) == (Decimal("4.59"), "mmol/L")


@pytest.mark.parametrize(("value", "percent"), [("0.97", 97), ("97", 97), ("1", 100), ("0.5", 50)])
def test_saturation_written_as_a_fraction_or_in_percent(value: str, percent: int) -> None:
    (reading,) = opened(health(record(SPO2, value, "%"))).readings
    assert (reading.value, reading.unit, reading.text) == (percent, "%", value)


@pytest.mark.parametrize(
    ("meal", "context"), [("1", "before-meal"), ("2", "after-meal"), ("7", None)]
)
def test_a_meal_named_beside_the_glucose_is_kept(meal: str, context: str | None) -> None:
    entry = f'<MetadataEntry key="HKBloodGlucoseMealTime" value="{meal}"/></Record>'
    element = record(GLUCOSE, "131", "mg/dL").replace("/>", ">") + entry
    (reading,) = opened(health(element)).readings
    assert reading.context == context


def test_a_meal_is_kept_wherever_the_file_is_cut_into_pieces() -> None:
    entry = '<MetadataEntry key="HKBloodGlucoseMealTime" value="1"/></Record>'
    elements = [record(GLUCOSE, str(number), "mg/dL").replace("/>", ">") + entry
                for number in [10 + one % 1_400 for one in range(1_999)]]  # fmt: skip
    found = opened(health(*elements))
    assert {reading.context for reading in found.readings} == {"before-meal"}
    assert [reading.value for reading in found.readings] == [
        10 + one % 1_400 for one in range(1_999)
    ]
    assert found.summary.readings == found.summary.kinds["BloodGlucose"].count == 1_999


def test_lying_in_bed_is_not_sleeping() -> None:
    span = {"startDate": "2025-01-10 01:15:00 +0100", "endDate": "2025-01-10 08:30:00 +0100"}
    stages = ("InBed", "AsleepUnspecified", "AsleepREM", "Awake")
    found = opened(
        health(*(record(SLEEP, f"HKCategoryValueSleepAnalysis{one}", **span) for one in stages))
    )
    assert [(one.measure, one.context, one.value) for one in found.readings] == [
        ("in-bed", "in-bed", 435),
        ("sleep", "asleep", 435),
        ("sleep", "rem", 435),
        ("awake", "awake", 435),
    ]


def test_records_of_other_sorts_are_counted() -> None:
    found = opened(
        health(
            record("HKQuantityTypeIdentifierActiveEnergyBurned", "1.2", "kcal"),
            record("HKQuantityTypeIdentifierActiveEnergyBurned", "1.3", "kcal"),
            '<ActivitySummary dateComponents="2025-01-10"/>',
        )
    )
    assert found.collect() == []
    assert found.summary.passed == {"ActiveEnergyBurned": 2, "ActivitySummary": 1}


@pytest.mark.parametrize(
    "bad",
    [
        record(HEART, "56", "count/min", startDate="not a date"),
        record(HEART, "56", "count/min", startDate="2025-13-45 99:99:99 +0100"),
        record(HEART, "56", "count/min", startDate="0001-01-01 00:00:00 +2300"),
        record(HEART, "fast", "count/min"),
        record(HEART, "", "count/min"),
        record(HEART, "NaN", "count/min"),
        record(HEART, "1_0", "count/min"),
        record(HEART, "9" * 60, "count/min"),
        record(HEART, "1e999999", "count/min"),
        record(HEART, "56", "furlong"),
        record(HEART, "56"),
        record(SLEEP, "HKCategoryValueSleepAnalysisAsleep", endDate="2025-01-09 10:00:00 +0100"),
        record(SLEEP, "3"),
        record(HEART, "x").replace("Record", "Workout").replace("value", "duration"),
        "<Workout/>",
        f'<Record type="{HEART}" unit="count/min"/>',
    ],
)
def test_a_bad_record_costs_one_record(bad: str) -> None:
    good = record(HEART, "56", "count/min")
    found = opened(health(good, bad, good))
    assert [reading.value for reading in found.readings] == [56, 56]
    assert [problem.row for problem in found.problems] == [5]


def test_an_export_cut_short_keeps_what_came_before() -> None:
    whole = health(*(record(HEART, str(value), "count/min") for value in range(50, 60)))
    found = opened(whole[: whole.index('value="57"')])
    assert [reading.value for reading in found.readings] == list(range(50, 57))
    (problem,) = found.problems
    assert "export the file again" in str(problem.sentence)


DAMAGE = {
    "a letter XML does not know": ('value="56"', 'value="56\x0b"'),
    "a bare ampersand": ('"Watch"', '"Fish & Chips"'),
    "an unknown entity": ('"Watch"', '"&nope;"'),
    "a letter by a wrong number": ('"Watch"', '"bad&#x0B;"'),
    "a quotation that does not end": ('value="56"', 'value="56'),
    "an attribute twice": ("<Record ", '<Record value="1" '),
    "no name": ("<Record ", "<1Record "),
    "an entry left open and closed as another": ("/>", "></Correlation>"),
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("records", [3, 2000])
def test_a_damaged_entry_costs_itself(damage: str, records: int) -> None:
    good = [record(HEART, str(60 + number % 90), "count/min") for number in range(records)]
    bad = record(HEART, "56", "count/min").replace(*DAMAGE[damage], 1)
    half = records // 2
    found = opened(health(*good[:half], bad, *good[half:]))
    values = [reading.value for reading in found.readings]
    assert [value for value in values if value != 56] == [60 + n % 90 for n in range(records)]
    (problem,) = found.problems
    assert abs(problem.row - (4 + half)) <= 1  # an unended quotation shows on the next line


def test_a_file_of_nothing_but_damage_ends() -> None:
    bad = record(HEART, "56", "count/min", sourceName="&nope;")
    found = opened(health(*[bad] * 3_000))
    assert found.collect() == []
    assert "export the file again" in str(found.problems[-1].sentence)
    assert len(found.problems) < 1_100


BROKEN_TYPE = """<!DOCTYPE HealthData [
<!ELEMENT HealthData (ExportDate,Me,(Record)*)>
<!ATTLIST Record type CDATA #REQUIRED
>
  device CDATA #IMPLIED
>
]>"""


@pytest.mark.parametrize("packed", [False, True])
def test_the_damaged_document_type_of_one_ios_does_not_matter(packed: bool) -> None:
    text = health(
        record(HEART, "56", "count/min"), record(HEART, "x", "count/min"), top=BROKEN_TYPE
    )
    found = opened(zipped({"export.xml": text}) if packed else text)
    assert [reading.value for reading in found.readings] == [56]
    assert [problem.row for problem in found.problems] == [11]
    assert len(found.collect()) == 1  # and once more from the start


@pytest.mark.parametrize("hidden", ['<!ENTITY x "y">', '<!ENTITY % x SYSTEM "file:///x">'])
def test_entities_behind_a_damaged_document_type_are_refused(hidden: str) -> None:
    with pytest.raises(devices.DeviceFileError, match="entities"):
        opened(
            health(record(HEART, "56", "count/min"), top=BROKEN_TYPE.replace("]>", hidden + "]>"))
        )


@pytest.mark.parametrize("value", ["9999", "-0.1", "100.5"])
def test_a_share_beyond_the_whole_is_left_out(value: str) -> None:
    found = opened(health(record(SPO2, value, "%")))
    assert found.collect() == []
    assert len(found.problems) == 1


# What people's devices measure and no table of home measures holds.
BESIDE = {"body-fat", "exercise-time"}


def test_what_a_home_measure_is_called_and_measured_in_is_the_table_s() -> None:
    for row in TYPES:
        if row.measure in BESIDE:
            continue
        measure = measures.get(row.measure)
        assert row.component in {component.key for component in measure.components}
        for unit in row.units.values():
            exact = measure.to_canonical(Decimal(1), unit)
            assert exact.is_finite()
    for key in {*clarity.MEASURES.values(), *libre.MEASURES.values()}:
        assert {"mmol/L"} <= {choice.unit for choice in measures.get(key).choices}


def test_every_type_has_a_measure_and_units() -> None:
    assert len({row.name for row in TYPES}) == len(TYPES)
    for row in TYPES:
        unit = next(iter(row.units))
        low = limits.span(row.measure, row.component, row.units[unit])[0]
        (reading,) = opened(health(record(row.name, str(low + 1), unit))).readings
        assert (reading.measure, reading.component) == (row.measure, row.component)
        assert reading.unit == row.units[unit]
