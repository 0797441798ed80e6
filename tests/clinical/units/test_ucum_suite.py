"""UCUM's own functional tests, the whole file: all 573, those of 3 February 2021.

The suite is copyright Grahame Grieve and contributors, Eclipse Public License 1.0.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from ucumvert import InvalidUcumError, get_ucum_parser, parse_ucum

from app.clinical import units
from tests.clinical.shared import shared

COUNTS = {
    "validation": 529,
    "displayNameGeneration": 9,
    "conversion": 30,
    "multiplication": 2,
    "division": 3,
}
# What the library gets wrong, by test number, and what is done about it.
OF_THE_LIBRARY = {
    "1-108": "its grammar lets a bare number have a power (10+3/ul); units.valid refuses it",
}
# What is still wrong after that: nothing.
OF_OURS: dict[str, str] = {}

Case = dict[str, str]


def every(section: str) -> list[Case]:
    file = shared("clinical/UcumFunctionalTests.xml")
    root = ET.parse(file).getroot()  # noqa: S314 - a file of this test, not of a stranger
    found = root.find(section)
    assert found is not None
    return [dict(case.attrib) for case in found.iter("case")]


def as_stated(value: Decimal, stated: str) -> Decimal:
    """The value with as many digits as the suite states; its last zeros may not be digits."""
    expected = Decimal(stated) if "." in stated else Decimal(stated).normalize()
    return value.quantize(Decimal(1).scaleb(value.adjusted() - len(expected.as_tuple().digits) + 1))


@pytest.mark.parametrize("name", COUNTS)
def test_the_file_is_whole(name: str) -> None:
    assert len(every(name)) == COUNTS[name]


def test_exactly_the_listed_codes_are_misjudged_by_the_library() -> None:
    grammar = get_ucum_parser()

    def accepts(code: str) -> bool:
        try:
            parse_ucum(code, grammar)
        except InvalidUcumError:
            return False
        return True

    wrong = {
        case["id"]
        for case in every("validation")
        if accepts(case["unit"]) != (case["valid"] == "true")
    }
    assert wrong == set(OF_THE_LIBRARY)


def test_exactly_the_listed_codes_are_misjudged_here() -> None:
    wrong = {
        case["id"]
        for case in every("validation")
        if units.valid(case["unit"]) != (case["valid"] == "true")
    }
    assert wrong == set(OF_OURS)


def test_every_code_is_put_into_the_words_of_the_suite() -> None:
    cases = every("displayNameGeneration")
    found = {case["id"]: units.name(case["unit"]) for case in cases}
    assert found == {case["id"]: case["display"] for case in cases}


def test_every_value_is_converted_to_the_digits_stated() -> None:
    for case in every("conversion"):
        found = units.convert(Decimal(case["value"]), case["srcUnit"], case["dstUnit"])
        assert as_stated(found, case["outcome"]) == Decimal(case["outcome"]), case["id"]


@pytest.mark.parametrize(
    ("section", "combine"), [("multiplication", units.multiply), ("division", units.divide)]
)
def test_two_quantities_are_combined(section: str, combine: Callable[..., Decimal]) -> None:
    for case in every(section):
        one, other = Decimal(case["v1"]), Decimal(case["v2"])
        found = combine(one, case["u1"], other, case["u2"], into=case["uRes"] or "1")
        assert as_stated(found, case["vRes"]) == Decimal(case["vRes"]), case["id"]
