"""Conversions between units, exact and refused."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clinical import units
from app.clinical.errors import UnitError


@pytest.mark.parametrize(
    ("value", "unit", "expected", "other", "tolerance"),
    [
        # Published by importers of glucose meters; the first two with 18 for 18.0156.
        ("5.5", "mmol/L", "99", "mg/dL", "0.2"),
        ("10.0", "mmol/L", "180", "mg/dL", "0.2"),
        ("108", "mg/dL", "5.99", "mmol/L", "0.02"),
        # By definition.
        ("1", "[lb_av]", "0.45359237", "kg", "0"),
        ("1", "[stone_av]", "6.35029318", "kg", "0"),
        ("11", "[stone_av]", "154", "[lb_av]", "0"),
        ("1", "[in_i]", "2.54", "cm", "0"),
        ("1", "[ft_i]", "30.48", "cm", "0"),
        ("1.75", "m", "175", "cm", "0"),
        ("13.3322387415", "kPa", "100", "mm[Hg]", "0"),
        ("1", "mmol/L", "18.0156", "mg/dL", "0"),
        ("0", "[lb_av]", "0", "kg", "0"),
    ],
)
def test_published_conversions(
    value: str, unit: str, expected: str, other: str, tolerance: str
) -> None:
    got = units.convert(Decimal(value), unit, other, analyte="glucose")
    assert abs(got - Decimal(expected)) <= Decimal(tolerance)


def test_the_same_unit_changes_nothing() -> None:
    assert str(units.convert(Decimal("72.50"), "kg", "kg")) == "72.50"


def test_large_results_are_written_out_without_an_exponent() -> None:
    assert str(units.convert(Decimal(5), "kg", "g")) == "5000"


@pytest.mark.parametrize(
    ("from_unit", "to_unit"), [("kg", "cm"), ("mm[Hg]", "mg/dL"), ("mmol/L", "kPa")]
)
def test_unlike_dimensions_are_refused(from_unit: str, to_unit: str) -> None:
    with pytest.raises(UnitError) as refused:
        units.convert(Decimal(1), from_unit, to_unit, analyte="glucose")
    assert from_unit in str(refused.value.sentence)


@pytest.mark.parametrize("analyte", [None, "cholesterol", "lipoprotein(a)"])
def test_mass_becomes_moles_only_for_a_known_analyte(analyte: str | None) -> None:
    with pytest.raises(UnitError) as refused:
        units.convert(Decimal(100), "mg/dL", "mmol/L", analyte=analyte)
    assert refused.value.field == "analyte"


@pytest.mark.parametrize("pair", [("kg", "KG"), ("furlong", "cm"), ("", "kg")])
def test_an_unknown_unit_is_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(UnitError):
        units.convert(Decimal(1), *pair)


ALIKE = [
    (one.code, other.code)
    for one, other in itertools.permutations(units.UNITS.values(), 2)
    if one.dimension == other.dimension or "concentration" in one.dimension + other.dimension
    if ("concentration" in one.dimension) == ("concentration" in other.dimension)
]


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


def test_every_unit_and_analyte_names_its_source() -> None:
    assert all(unit.source for unit in units.UNITS.values())
    assert all(analyte.source for analyte in units.ANALYTES.values())
