"""Conversions between units: exact, by analyte, and refused."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clinical import units
from app.clinical.errors import ClinicalInputError, UnitError
from app.clinical.units import analytes, ucum
from tests.clinical.shared import cases, read


@pytest.mark.parametrize("case", cases("units"))
def test_published_cases_agree(case: dict[str, Any]) -> None:
    found = units.convert(
        case["value"], case["unit"], case["expected_unit"], analyte=case["analyte"]
    )
    assert abs(found - case["expected"]) <= case["tolerance"]


@pytest.mark.parametrize(
    ("value", "unit", "expected", "other", "analyte", "tolerance"),
    [
        # By definition.
        ("1", "[lb_av]", "0.45359237", "kg", None, "0"),
        ("1", "[stone_av]", "6.35029318", "kg", None, "0"),
        ("11", "[stone_av]", "154", "[lb_av]", None, "0"),
        ("1", "[in_i]", "2.54", "cm", None, "0"),
        ("1", "[ft_i]", "30.48", "cm", None, "0"),
        ("1.75", "m", "175", "cm", None, "0"),
        ("13.3322387415", "kPa", "100", "mm[Hg]", None, "0"),
        ("0", "[lb_av]", "0", "kg", None, "0"),
        ("98.6", "[degF]", "37", "Cel", None, "0"),
        ("-40", "Cel", "-40", "[degF]", None, "0"),
        ("0", "K", "-273.15", "Cel", None, "0"),
        ("80", "[degRe]", "100", "Cel", None, "0"),
        ("36600", "mCel", "36.6", "Cel", None, "0"),
        ("7", "L/s", "420", "L/min", None, "0"),
        ("1", "kcal", "4.184", "kJ", None, "0"),
        ("60", "U/L", "1", "ukat/L", None, "0"),
        ("1", "[oz_av]", "28.349523125", "g", None, "0"),
        # Remarks in braces count for nothing.
        ("90", "mL/min/{1.73_m2}", "90", "mL/min", None, "0"),
        ("8000", "{steps}/d", "8000", "/d", None, "0"),
        ("150", "10*3/uL", "150", "10*9/L", None, "0"),
        # Grams and moles.
        ("1", "mmol/L", "18.0156", "mg/dL", "glucose", "0"),
        ("7", "mmol/L", "126.1092", "mg/dL", "2345-7", "0"),
        ("0.9", "g/L", "4.996", "mmol/L", "glucose", "0.001"),
        ("200", "mg/dL", "5.17", "mmol/L", "cholesterol", "0.01"),
        ("4.1", "mmol/L", "158.5", "mg/dL", "LDL-C", "0.1"),
        ("150", "mg/dL", "1.69", "mmol/L", "triglycerides", "0.01"),
        ("1", "mg/dL", "88.4", "umol/L", "creatinine", "0"),
        ("14", "mg/dL", "4.998", "mmol/L", "BUN", "0"),
        ("20", "ng/mL", "49.92", "nmol/L", "25-OH vitamin D", "0"),
        ("3", "mg/mmol", "26.52", "mg/g", "UACR", "0"),
        ("10", "uIU/mL", "60", "pmol/L", "HOMA insulin", "0"),
        ("4.5", "mmol/L", "4.5", "meq/L", "potassium", "0"),
        ("2.5", "uIU/mL", "2.5", "mIU/L", "TSH", "0"),
        ("5.5", "mmol<180.1558800000541>/L", "99.0858", "mg/dL", "glucose", "0"),
        # NGSP and IFCC, ngsp.org: 6.5 % and 48 mmol/mol are the same result.
        ("6.5", "%", "48", "mmol/mol", "HbA1c", "0.5"),
        ("5", "%", "31", "mmol/mol", "hemoglobin A1c", "0.5"),
        ("86", "mmol/mol", "10.0", "%", "4548-4", "0.05"),
    ],
)
def test_known_conversions(
    value: str, unit: str, expected: str, other: str, analyte: str | None, tolerance: str
) -> None:
    got = units.convert(Decimal(value), unit, other, analyte=analyte)
    assert abs(got - Decimal(expected)) <= Decimal(tolerance)


@pytest.mark.parametrize("value", [Decimal("0.7"), Decimal(37), Decimal(99)])
def test_every_row_of_the_published_table_agrees(value: Decimal) -> None:
    rows = read("clinical/unit_factors.json")["factors"]
    assert len(rows) == 31
    for row in rows:
        for name in (row["analyte"], *filter(analytes.find, row["loinc"].split("/"))):
            agrees(row, name, value)


def agrees(row: dict[str, Any], name: str, value: Decimal) -> None:
    if row["factor"] is None:
        with pytest.raises(UnitError):
            units.convert(value, row["from_unit"], row["to_unit"], analyte=name)
        return
    found = units.convert(value, row["from_unit"], row["to_unit"], analyte=name)
    expected = worked_out(row["factor"], value)
    assert abs(found - expected) <= abs(expected) * Decimal("0.0003"), name


def worked_out(factor: str | float, value: Decimal) -> Decimal:
    match factor:
        case "10.93*x-23.5":
            return Decimal("10.93") * value - Decimal("23.5")
        case "(x-32)*5/9":
            return (value - 32) * 5 / 9
        case _:
            return value * Decimal(str(factor))


def test_the_same_unit_changes_nothing() -> None:
    assert str(units.convert(Decimal("72.50"), "kg", "kg")) == "72.50"


def test_large_results_are_written_out_without_an_exponent() -> None:
    assert str(units.convert(Decimal(5), "kg", "g")) == "5000"


@pytest.mark.parametrize(("given_", "kind"), [(Decimal(5), Decimal), (5, float), (5.0, float)])
def test_decimal_in_is_decimal_out_and_the_rest_is_a_float(
    given_: float, kind: type[object]
) -> None:
    assert type(units.convert(given_, "kg", "[lb_av]")) is kind


@pytest.mark.parametrize(
    ("from_unit", "to_unit", "analyte"),
    [
        ("kg", "cm", "glucose"),
        ("mm[Hg]", "mg/dL", "glucose"),
        ("mmol/L", "kPa", "glucose"),
        ("mg/g", "mg/mmol", "glucose"),
        ("[IU]/L", "mg/L", None),
        ("[IU]", "1", None),
        ("mol", "1", None),
        ("osm/kg", "mol/kg", None),
        ("Cel/s", "K/s", None),
        ("B", "1", None),
    ],
)
def test_unlike_dimensions_are_refused(from_unit: str, to_unit: str, analyte: str | None) -> None:
    with pytest.raises(UnitError) as refused:
        units.convert(Decimal(1), from_unit, to_unit, analyte=analyte)
    assert (refused.value.field, refused.value.source) == ("unit", "UCUM 2.2, ucum.org")
    assert from_unit in str(refused.value.sentence)


@pytest.mark.parametrize(
    ("from_unit", "to_unit"),
    [("mg/dL", "mmol/L"), ("mmol/mol", "%"), ("u[IU]/mL", "pmol/L"), ("meq/L", "mmol/L")],
)
@pytest.mark.parametrize("analyte", [None, "chocolate", "lipoprotein(a)"])
def test_what_was_measured_must_be_known(from_unit: str, to_unit: str, analyte: str | None) -> None:
    with pytest.raises(UnitError) as refused:
        units.convert(Decimal(100), from_unit, to_unit, analyte=analyte)
    assert refused.value.field == "analyte"
    assert refused.value.source


@pytest.mark.parametrize(
    "name", ["Lp(a)", "lipoprotein(a)", "Lipoprotein(a)", "10835-7", "43583-4"]
)
@pytest.mark.parametrize("pair", [("mg/dL", "nmol/L"), ("nmol/L", "mg/dL"), ("g/L", "umol/L")])
def test_lipoprotein_a_never_becomes_moles(name: str, pair: tuple[str, str]) -> None:
    with pytest.raises(UnitError) as refused:
        units.convert(Decimal(50), *pair, analyte=name)
    assert "EAS 2022" in refused.value.source


def test_lipoprotein_a_may_be_written_in_another_mass_unit() -> None:
    assert units.convert(Decimal(50), "mg/dL", "g/L", analyte="Lp(a)") == Decimal("0.5")


@pytest.mark.parametrize(
    ("from_unit", "to_unit", "analyte"),
    [
        ("[pH]", "mol/L", None),
        ("mol/L", "[pH]", None),
        ("{INR}", "1", None),
        ("{INR}", "%", None),
        ("1", "%", "INR"),
        ("{titer}", "1", None),
        ("{Titre}", "[IU]/mL", None),
        ("1", "%", "antibody titer"),
    ],
)
def test_what_stands_by_itself_is_never_converted(
    from_unit: str, to_unit: str, analyte: str | None
) -> None:
    with pytest.raises(UnitError):
        units.convert(Decimal("2.5"), from_unit, to_unit, analyte=analyte)


@pytest.mark.parametrize(
    "code", ["KG", "furlong", "", "mmHg", "10+3/ul", "IU/L", "m" * 200, "m100", "kg\n", "5 kg"]
)
def test_an_unknown_unit_is_refused_and_named(code: str) -> None:
    assert not units.valid(code)
    for pair in ((code, "kg"), ("kg", code)):
        with pytest.raises(UnitError) as refused:
            units.convert(Decimal(1), *pair)
        assert refused.value.field == "unit"
        assert code[:100] in str(refused.value.sentence)


@pytest.mark.parametrize(
    "value",
    [
        *(True, False, "5", None, [5], 1 + 2j),
        *(float("nan"), float("inf"), Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity")),
        *(Decimal("1e31"), 10**31, -1e40),
    ],
)
def test_what_is_no_number_or_absurd_is_refused(value: Any) -> None:
    for to_unit in ("kg", "g"):
        with pytest.raises(ClinicalInputError) as refused:
            units.convert(value, "kg", to_unit)
        assert refused.value.field == "value"


@pytest.mark.parametrize("unit", [None, 5, ["kg"]])
def test_a_unit_that_is_no_text_is_refused(unit: Any) -> None:
    with pytest.raises(UnitError):
        units.convert(Decimal(1), unit, "kg")


def test_a_power_that_would_fill_the_memory_is_refused() -> None:
    long = ".".join(["Ym99"] * 20)
    with pytest.raises(ClinicalInputError):
        units.convert(Decimal(1), long, ".".join(["m99"] * 20))


def test_dividing_by_nothing_is_refused() -> None:
    with pytest.raises(ClinicalInputError):
        units.divide(Decimal(1), "g", Decimal(0), "m", into="g/m")


def test_a_temperature_is_not_multiplied() -> None:
    with pytest.raises(UnitError):
        units.multiply(Decimal(1), "Cel", Decimal(2), "m", into="K.m")


def test_no_unit_is_unity_in_a_product_and_forgotten_in_a_conversion() -> None:
    for unity in ("", "1"):
        assert units.divide(Decimal(4), "g", Decimal(2), "g", into=unity) == 2
        assert units.multiply(Decimal(4), unity, Decimal(2), "g", into="g") == 8
    with pytest.raises(ClinicalInputError):
        units.convert(Decimal(1), "", "1")


def test_quantities_are_multiplied_and_divided_in_floats_too() -> None:
    assert units.multiply(1.5, "g", 2, "m", into="g.m") == 3.0
    assert units.divide(70, "kg", 3.0625, "m2", into="kg/m2") == pytest.approx(22.857142857)


@pytest.mark.parametrize("unit", units.UNITS.values(), ids=lambda unit: unit.code)
def test_an_everyday_unit_is_what_the_whole_of_ucum_says(unit: units.Unit) -> None:
    whole = ucum.read_whole(unit.code)
    assert (whole.size, whole.dimensions) == (unit.size, unit.dimensions)
    assert whole.offset == unit.offset
    assert unit.source


ALIKE = [
    (one.code, other.code)
    for one, other in itertools.permutations(units.UNITS.values(), 2)
    if one.dimensions == other.dimensions and "mmol/mol" not in one.code + other.code
] + [("mg/dL", "mmol/L"), ("umol/L", "g/L"), ("[degF]", "Cel"), ("ng/mL", "nmol/L")]


@given(st.sampled_from(ALIKE), st.decimals(min_value=0, max_value=2000, places=2))
def test_there_and_back_is_the_number_that_was_typed(pair: tuple[str, str], value: Decimal) -> None:
    there = units.convert(value, *pair, analyte="glucose")
    back = units.convert(there, pair[1], pair[0], analyte="glucose")
    assert abs(back - value) < Decimal("1e-20")


@given(
    st.sampled_from(ALIKE),
    st.decimals(min_value=0, max_value=500, places=2),
    st.decimals(min_value=0, max_value=500, places=2),
)
def test_more_stays_more_in_every_unit(pair: tuple[str, str], one: Decimal, other: Decimal) -> None:
    converted = [units.convert(value, *pair, analyte="glucose") for value in sorted((one, other))]
    assert converted == sorted(converted)
    assert (converted[0] == converted[1]) is (one == other)


@given(st.decimals(min_value=3, max_value=20, places=1))
def test_a1c_there_and_back_is_the_number_that_was_typed(value: Decimal) -> None:
    there = units.convert(value, "%", "mmol/mol", analyte="HbA1c")
    assert units.convert(there, "mmol/mol", "%", analyte="HbA1c") == value


@given(st.text(alphabet="mgkLdUu[]{}()/.*^%'0123456789+-IHpAeilnrt", max_size=30))
def test_any_text_is_a_unit_or_is_refused(code: str) -> None:
    if units.valid(code):
        assert units.convert(Decimal(7), code, code) == 7
    else:
        with pytest.raises(UnitError):
            units.convert(Decimal(7), code, "kg")


@pytest.mark.parametrize("row", units.ANALYTES.values(), ids=lambda row: row.key)
def test_an_analyte_names_its_source_and_its_molar_mass_agrees(row: Any) -> None:
    assert row.source
    assert row.title
    assert row.bridges or row.never
    for bridge in row.bridges:
        assert bridge.source
        if bridge.molar_mass is None:
            continue
        one, other = (
            units.UNITS.get(code) or ucum.read(code) for code in (bridge.from_unit, bridge.to_unit)
        )
        grams = one.size / other.size / bridge.factor
        mass = grams if one.dimensions[0][0] == "g" else 1 / grams
        assert abs(mass - bridge.molar_mass) <= bridge.molar_mass * Decimal("0.001")


def test_no_name_or_code_belongs_to_two_analytes() -> None:
    for row in units.ANALYTES.values():
        for name in (row.key, *row.names, *row.loinc):
            assert analytes.find(name) is row


@pytest.mark.parametrize(
    ("value", "unit", "into"),
    [
        ("-273.16", "Cel", "K"),
        ("-273.16", "Cel", "Cel"),
        ("-500", "Cel", "[degF]"),
        ("-459.68", "[degF]", "Cel"),
        ("-1", "K", "Cel"),
    ],
)
def test_nothing_is_colder_than_absolute_zero(value: str, unit: str, into: str) -> None:
    with pytest.raises(ClinicalInputError, match="Nothing is colder than") as refused:
        units.convert(Decimal(value), unit, into)
    assert refused.value.field == "value"
    assert "BIPM" in refused.value.source


def test_absolute_zero_itself_and_a_negative_difference_are_fine() -> None:
    assert units.convert(Decimal("-273.15"), "Cel", "K") == 0
    assert units.convert(Decimal(-1), "K", "mK") == -1000


@pytest.mark.parametrize(
    ("value", "unit", "into"),
    [
        ("-0.1", "%", "mmol/mol"),
        ("100.1", "%", "mmol/mol"),
        ("100.1", "%", "%"),
        ("1069.6", "mmol/mol", "%"),
        ("-23.6", "mmol/mol", "%"),
        ("1.1", "1", "%"),
        ("1.07", "mol/mol", "mmol/mol"),
    ],
)
def test_a_share_of_the_haemoglobin_is_no_more_than_all_of_it(
    value: str, unit: str, into: str
) -> None:
    with pytest.raises(ClinicalInputError, match="can only be from") as refused:
        units.convert(Decimal(value), unit, into, analyte="HbA1c")
    assert refused.value.field == "value"
    assert "ngsp.org" in refused.value.source


def test_all_and_none_of_the_haemoglobin_are_shares_of_it() -> None:
    assert units.convert(Decimal(100), "%", "mmol/mol", analyte="HbA1c") == Decimal("1069.5")
    assert units.convert(Decimal("-23.5"), "mmol/mol", "%", analyte="HbA1c") == 0
    assert units.convert(150, "%", "1") == 1.5


def test_a_number_still_in_doubt_is_reckoned_all_the_same() -> None:
    assert units.reckon(Decimal(480), "%", "mmol/mol", analyte="HbA1c") == Decimal("5222.9")
