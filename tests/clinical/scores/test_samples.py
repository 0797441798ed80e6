"""The published sample cases, in the shape in which they are published."""

from __future__ import annotations

from typing import Any

import pytest

from app.clinical.errors import ClinicalInputError
from app.clinical.scores import calculate
from tests.clinical.shared import cases


def agrees(found: Any, expected: Any, tolerance: float) -> bool:
    if isinstance(expected, bool) or not isinstance(expected, int | float):
        return bool(found == expected)
    return abs(found - expected) <= tolerance + 1e-9


@pytest.mark.parametrize("case", cases("scores"))
def test_score_agrees_with_its_published_case(case: dict[str, Any]) -> None:
    if "error" in case["expected"]:
        with pytest.raises(ClinicalInputError):
            calculate(case["score"], **case["inputs"])
        return
    found = calculate(case["score"], **case["inputs"])
    for key, expected in case["expected"].items():
        assert agrees(found[key], expected, case.get("tolerance", 0)), (key, found)


@pytest.mark.parametrize("case", cases("prevent"))
def test_prevent_agrees_to_three_decimals(case: dict[str, Any]) -> None:
    found = calculate("PREVENT", years=case["years"], **case["inputs"])
    assert {key: found[key] for key in case["expected"]} == case["expected"]
    assert found["model"] == case["model"]


@pytest.mark.parametrize("case", cases("prevent_refused"))
@pytest.mark.parametrize("years", [{}, {"years": 10}, {"years": 30}])
def test_prevent_refuses_and_names_the_age(case: dict[str, Any], years: dict[str, int]) -> None:
    with pytest.raises(ClinicalInputError) as refusal:
        calculate("PREVENT", **years, **case["inputs"])
    assert refusal.value.field == "age"
    assert "30 to 79" in str(refusal.value)
    assert "CIRCULATIONAHA" in refusal.value.source


@pytest.mark.parametrize("case", cases("life_essential_8"))
def test_life_essential_8_agrees(case: dict[str, Any]) -> None:
    part = {"component": case["component"]} if "component" in case else {}
    found = calculate("LE8", **part, **case["inputs"])
    assert {key: found[key] for key in case["expected"]} == case["expected"]


@pytest.mark.parametrize("case", cases("life_essential_8_refused"))
def test_life_essential_8_refuses(case: dict[str, Any]) -> None:
    with pytest.raises(ClinicalInputError):
        calculate("LE8", **case["inputs"])
