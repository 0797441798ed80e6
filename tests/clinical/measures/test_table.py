"""The table of measures: every row complete, every code found, every sentence marked."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from decimal import Decimal
from importlib import resources

import pytest
from babel.messages.catalog import PYTHON_FORMAT

from app.clinical import measures, units
from app.clinical.devices import apple_types
from app.clinical.measures import (
    blood,
    daily,
    glucose,
    kidneys,
    kits,
    lipids,
    liver,
    twins,
    vitals,
)
from app.clinical.measures.codes import (
    CATALOGUED,
    CONFIRMED,
    FROM_MEMORY,
    IN_PUBLIC,
    READ_WITH_NAME,
)
from app.clinical.measures.row import Measure
from app.results import rules as results
from tests.clinical.shared import read

ROWS = list(measures.MEASURES.values())
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)

# The 35 home measurements of the published catalogue, and the rows that hold them.
HOME = {
    "Blood pressure (panel + components)": ["blood-pressure"],
    "Heart rate": ["heart-rate"],
    "Body weight": ["weight"],
    "Body height": ["height"],
    "Waist circumference": ["waist"],
    "BMI (derived)": ["bmi"],
    "Oxygen saturation (pulse oximeter)": ["oxygen-saturation"],
    "Body temperature": ["temperature"],
    "Respiratory rate": ["respiratory-rate"],
    "Glucose, fingerstick fasting": ["glucose", "fasting-glucose"],
    "Glucose, post-meal / untimed": ["glucose"],
    "Interstitial glucose (CGM) + summary": [
        *("glucose-sensor", "glucose-mean", "gmi", "glucose-in-range"),
    ],
    "HbA1c (home kit / lab)": ["hba1c"],
    "Ketones, blood (BHB)": ["ketones-blood"],
    "Ketones, urine strip": ["ketones-urine", "ketones-urine-mass"],
    "Cholesterol panel": [
        *("total-cholesterol", "hdl-cholesterol", "ldl-cholesterol", "non-hdl-cholesterol"),
        "triglycerides",
    ],
    "INR (home)": ["inr"],
    "Peak expiratory flow": ["peak-flow"],
    "FEV1 / FEV1:FVC": ["fev1", "fev1-fvc", "fvc"],
    "Steps": ["steps"],
    "Moderate-vigorous activity": ["activity", "activity-days"],
    "Sleep duration": ["sleep", "sleep-deep", "sleep-light", "sleep-rem"],
    "Single-lead ECG classification": ["ecg"],
    "C-reactive protein": ["crp"],
    "Ferritin": ["ferritin"],
    "25-OH vitamin D": ["vitamin-d"],
    "TSH": ["tsh"],
    "Creatinine/eGFR": ["creatinine", "egfr"],
    "Urine ACR (home dipstick/lab)": ["uacr"],
    "Urine dipstick": ["urine-dipstick", "urine-ph", "urine-specific-gravity", "ketones-urine"],
    "FIT / FOBT": ["fit", "fit-level"],
    "Pregnancy test (urine)": ["pregnancy-test"],
    "COVID-19 antigen": ["covid-antigen"],
    "Influenza A/B antigen": ["influenza-antigen"],
    "Pain NRS": ["pain"],
}
# What the scores, PREVENT and Life's Essential 8 are worked out from.
FOR_SCORES = {
    *("creatinine", "egfr", "uacr", "urine-albumin", "urine-creatinine", "uric-acid"),
    *("total-cholesterol", "hdl-cholesterol", "ldl-cholesterol", "non-hdl-cholesterol"),
    *("triglycerides", "lipoprotein-a", "hba1c", "fasting-glucose", "insulin", "inr"),
    *("ast", "alt", "ggt", "alp", "bilirubin", "albumin", "platelets", "hemoglobin", "crp"),
    *("ferritin", "vitamin-d", "tsh", "waist", "weight", "height", "bmi", "blood-pressure"),
    *("sleep", "activity"),
}
LOINC = re.compile(r"\d{1,6}-\d")


@each_row
def test_no_row_lacks_a_source_a_code_or_words(row: Measure) -> None:
    assert len(row.source) > len("WHO")
    assert row.reference.guideline
    assert str(row.reference.text)
    assert str(row.label)
    assert row.how_to
    assert row.kind in measures.KINDS
    assert all(LOINC.fullmatch(code.loinc) for code in row.codes)
    assert all(code.source in {IN_PUBLIC, FROM_MEMORY} for code in row.codes)
    assert row.verified is (row.loinc in CONFIRMED)


@each_row
def test_every_alert_can_sound_and_names_its_guideline(row: Measure) -> None:
    for alert in row.alerts:
        assert alert.guideline
        assert str(alert.says)
        assert alert.level in {"urgent", "soon", "note"}
        limits = (alert.below, alert.above, alert.at_least, alert.at_most)
        assert sum(limit is not None for limit in limits) == (alert.basis == "reading")
        hard = row.component(alert.component).hard
        level = next((limit for limit in limits if limit is not None), hard.low)
        assert hard.holds(level)
    keys = [alert.key for alert in row.alerts]
    assert len(keys) == len(set(keys))


@each_row
def test_the_range_to_confirm_lies_within_the_range_to_refuse(row: Measure) -> None:
    for component in row.components:
        assert component.hard.low <= component.soft.low < component.soft.high <= component.hard.high
        if component.steps:
            assert component.hard.high == len(component.steps) - 1


@each_row
def test_every_unit_of_a_row_is_ucum_and_becomes_its_canonical_unit(row: Measure) -> None:
    assert row.canonical == row.choices[0].unit
    for choice in row.choices:
        assert units.valid(choice.unit)
        assert choice.label
        part = row.components[0]
        middle = (part.soft.low + part.soft.high) / 2
        there = units.convert(middle, row.canonical, choice.unit, analyte=row.analyte)
        back = units.convert(there, choice.unit, row.canonical, analyte=row.analyte)
        assert abs(back - middle) < Decimal("1e-15")


def test_the_published_catalogue_of_home_measurements_is_whole() -> None:
    rows = read("clinical/home_measurements.json")["rows"]
    assert [row["name"] for row in rows] == list(HOME)
    for row in rows:
        held = [measures.get(key) for key in HOME[row["name"]]]
        known = {code.loinc for one in held for code in one.codes}
        assert set(LOINC.findall(" ".join(row["loinc"]))) <= known, row["name"]
        chosen = {choice.unit for one in held for choice in one.choices}
        assert set(row["ucum"]) - {"-", "/d"} <= chosen, row["name"]


def test_what_was_confirmed_is_what_the_published_catalogue_confirms() -> None:
    published = read("clinical/home_measurements.json")
    assert set(published["loinc_confirmed_in_public_sources"]) == CATALOGUED
    assert not CATALOGUED & READ_WITH_NAME


@each_row
def test_every_code_but_one_has_the_right_check_digit(row: Measure) -> None:
    # 53060-9 stands in public lists all the same, so a result under it is still understood.
    assert {code.loinc for code in row.codes if not code.well_formed} <= {"53060-9"}
    assert row.codes[0].well_formed


def test_every_home_measurement_and_biomarker_has_a_row() -> None:
    assert len(HOME) == 35
    assert {key for keys in HOME.values() for key in keys} | FOR_SCORES <= set(measures.MEASURES)


def test_what_a_health_export_holds_is_in_the_table_and_in_its_units() -> None:
    for kind in apple_types.TYPES:
        row = measures.get(kind.measure)
        assert kind.component in {part.key for part in row.components}
        for unit in kind.units.values():
            assert units.convert(Decimal(7), unit, row.canonical, analyte=row.analyte)


def test_no_key_and_no_own_code_is_used_twice() -> None:
    assert len({row.loinc for row in ROWS}) == len(ROWS)
    modules = (vitals, glucose, daily, kits, lipids, kidneys, liver, blood)
    assert {row.key for module in modules for row in module.ROWS} <= set(measures.MEASURES)


@each_row
def test_a_loinc_code_finds_the_row_whose_own_it_is(row: Measure) -> None:
    assert measures.by_loinc(row.loinc) is row
    for code in row.codes:
        assert code in measures.by_loinc(code.loinc).codes


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("85354-9", "blood-pressure"),
        ("8480-6", "blood-pressure"),
        ("8462-4", "blood-pressure"),
        ("41604-0", "glucose"),
        ("41653-7", "glucose"),
        ("1558-6", "fasting-glucose"),
        ("59261-8", "hba1c"),
        ("14682-9", "creatinine"),
        ("2514-8", "ketones-urine"),
        ("40443-4", "heart-rate"),
    ],
)
def test_a_loinc_code_finds_its_row(code: str, key: str) -> None:
    assert measures.by_loinc(code).key == key


def test_an_unknown_code_or_key_finds_nothing() -> None:
    for look in (measures.by_loinc, measures.get):
        with pytest.raises(KeyError):
            look("99999-9")


def test_the_portal_offers_no_more_than_it_chose_to() -> None:
    assert results.HOME_TESTS == ("blood-pressure", "glucose", "weight")
    assert set(results.HOME_TESTS) < set(measures.MEASURES)


def marked() -> set[str]:
    """Every sentence of the package inside N_( )."""
    found = set()
    for file in resources.files("app.clinical.measures").iterdir():
        if file.name.endswith(".py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "N_":
                    found.add(ast.literal_eval(node.args[0]))
    return found


def visible(row: Measure) -> Iterator[str]:
    yield from (row.label.text, row.reference.text.text)
    yield from (said.text for said in row.how_to)
    yield from (alert.says.text for alert in row.alerts)
    yield from (part.label.text for part in row.components)
    yield from (context.label.text for context in row.contexts)
    yield from (step.label.text for part in row.components for step in part.steps)


def test_every_visible_sentence_is_marked_for_translators() -> None:
    signs = {"1+", "2+", "3+", "4+"}
    said = {text for row in ROWS for text in visible(row)} | set(measures.KINDS.values())
    assert said - signs <= marked()


def test_no_sentence_looks_to_translators_like_a_template() -> None:
    """`95 % or more` holds what gettext takes for an octal number."""
    said = {text for row in ROWS for text in visible(row)}
    assert [text for text in said if PYTHON_FORMAT.search(text)] == []


@each_row
def test_sentences_are_short_enough_to_be_read_at_once(row: Measure) -> None:
    for text in visible(row):
        assert text == text.strip()
        for sentence in re.split(r"(?<=[.:;?!])\s", text):
            assert len(sentence.split()) <= 30


@pytest.mark.parametrize(
    ("key", "value", "keys"),
    [
        ("oxygen-saturation", "92", ["very-low"]),
        ("oxygen-saturation", "91", ["very-low"]),
        ("oxygen-saturation", "93", ["low"]),
        ("oxygen-saturation", "94", ["low"]),
        ("oxygen-saturation", "95", []),
        ("temperature", "38", ["fever"]),
        ("temperature", "39.1", ["very-high"]),
        ("temperature", "35.0", ["very-low"]),
        ("temperature", "37.9", []),
        ("respiratory-rate", "8", ["slow"]),
        ("respiratory-rate", "24", []),
        ("respiratory-rate", "25", ["fast"]),
        ("heart-rate", "131", ["very-fast"]),
        ("heart-rate", "121", ["fast"]),
        ("heart-rate", "41", []),
        ("heart-rate", "40", ["slow"]),
        ("laboratory-glucose", "69", ["lowish"]),
        ("laboratory-glucose", "200", ["high"]),
        ("laboratory-glucose", "300", ["very-high"]),
        ("laboratory-glucose", "600", ["crisis"]),
        ("fasting-glucose", "1400", ["crisis"]),
        ("potassium", "2.4", ["very-low"]),
        ("potassium", "2.5", ["low"]),
        ("sodium", "124", ["very-low"]),
        ("sodium", "129", ["low"]),
        ("sodium", "130", []),
        ("calcium", "14", ["very-high"]),
        ("calcium", "12", ["high"]),
        ("calcium", "7.5", ["very-low"]),
        ("hba1c", "6.5", ["diabetes"]),
        ("hba1c", "9.1", ["very-high"]),
        ("hba1c", "5.6", []),
        ("ketones-blood", "0.6", ["raised"]),
        ("ketones-blood", "1.5", ["high"]),
        ("ketones-blood", "3.0", ["emergency"]),
        ("inr", "4.5", []),
        ("inr", "4.6", ["high"]),
        ("inr", "5", ["very-high"]),
        ("inr", "9.1", ["extreme"]),
        ("inr", "1.4", ["low"]),
        ("ldl-cholesterol", "190", ["very-high"]),
        ("triglycerides", "500", ["very-high"]),
        ("triglycerides", "1000", ["extreme"]),
        ("lipoprotein-a", "125", ["high"]),
        ("lipoprotein-a-mass", "50", ["high"]),
        ("egfr", "59", ["reduced"]),
        ("egfr", "29", ["severe"]),
        ("uacr", "30", ["a2"]),
        ("uacr", "300", ["a2"]),
        ("uacr", "301", ["a3"]),
        ("ferritin", "14", ["empty"]),
        ("ferritin", "29", ["low"]),
        ("tsh", "10", ["high"]),
        ("tsh", "0.09", ["low"]),
        ("vitamin-d", "11", ["low"]),
        ("vitamin-d", "101", ["high"]),
        ("crp", "10.1", ["acute"]),
        ("fit", "1", ["positive"]),
        ("pregnancy-test", "0", []),
        ("pregnancy-test", "2", ["positive"]),
        ("pain", "7", ["severe"]),
        ("ecg", "2", ["atrial-fibrillation"]),
        ("glucose-sensor", "53", ["low-level-2"]),
        ("glucose-sensor", "251", ["very-high"]),
        ("glucose-below-54", "1", ["too-often-very-low"]),
    ],
)
def test_a_level_sounds_where_its_guideline_draws_it(key: str, value: str, keys: list[str]) -> None:
    found = measures.alerts(measures.get(key), {"value": Decimal(value)})
    assert [alert.key for alert in found] == keys


@pytest.mark.parametrize(
    ("key", "value", "unit", "keys"),
    [
        ("laboratory-glucose", "11.0", "mmol/L", []),
        ("laboratory-glucose", "11.1", "mmol/L", ["high"]),
        ("laboratory-glucose", "3.9", "mmol/L", []),
        ("laboratory-glucose", "3.8", "mmol/L", ["lowish"]),
        ("laboratory-glucose", "33.3", "mmol/L", ["crisis"]),
        ("glucose-sensor", "13.9", "mmol/L", []),
        ("glucose-sensor", "14.0", "mmol/L", ["very-high"]),
        ("ldl-cholesterol", "4.8", "mmol/L", []),
        ("ldl-cholesterol", "4.9", "mmol/L", ["very-high"]),
        ("triglycerides", "5.5", "mmol/L", []),
        ("triglycerides", "5.6", "mmol/L", ["very-high"]),
        ("triglycerides", "11.3", "mmol/L", ["extreme"]),
        ("uacr", "2.9", "mg/mmol", []),
        ("uacr", "3", "mg/mmol", ["a2"]),
        ("uacr", "30", "mg/mmol", ["a2"]),
        ("uacr", "30.1", "mg/mmol", ["a3"]),
        ("calcium", "3.5", "mmol/L", ["very-high"]),
        # Far from its limits a value is compared as it is, in mg/dL as well.
        ("ldl-cholesterol", "189", "mg/dL", []),
        ("uacr", "29", "mg/g", []),
    ],
)
def test_a_limit_published_in_two_units_is_met_in_the_one_of_the_entry(
    key: str, value: str, unit: str, keys: list[str]
) -> None:
    found = measures.alerts(measures.get(key), {"value": Decimal(value)}, unit=unit)
    assert [alert.key for alert in found] == keys


def test_a_comparison_never_changes_the_order_of_two_entries() -> None:
    for key, unit in twins.KNOWN:
        row = measures.get(key)
        tenths = [Decimal(tenth) / 10 for tenth in range(1, 500)]
        compared = [row.to_compare(value, unit) for value in tenths]
        assert compared == sorted(compared)
        exact = [row.to_canonical(value, unit) for value in tenths]
        assert sum(a == b for a, b in zip(compared, exact, strict=True)) > len(tenths) / 2
