"""The registry: complete rows, words a person can read, and nothing that may not be shipped."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal

import pytest

from app.clinical.errors import ClinicalInputError
from app.clinical.scores import ABSENT, SCORES, Score, calculate
from app.clinical.scores.inputs import Choice, Input, Number
from tests.clinical.shared import read

ROWS = [*SCORES.values(), *(part for score in SCORES.values() for part in score.parts.values())]
INPUTS = [(score, each) for score in ROWS for each in score.inputs]
# Processor time, so that a busy machine does not look like a slow library.
TIMED = (
    "import time\nfrom app import clinical\nbegan = time.process_time()\n"
    "from app.clinical import scores\nprint(time.process_time() - began)\n"
    "from app.clinical.scores import prevent\nprint(prevent.coefficients.cache_info().currsize)"
)


def name(row: object) -> str:
    return getattr(row, "name", "")


def test_every_defined_score_is_here() -> None:
    assert set(read("clinical/score_definitions.json")) | {"PREVENT", "LE8"} == set(SCORES)


@pytest.mark.parametrize("score", ROWS, ids=name)
def test_each_row_says_what_it_is_and_where_it_is_from(score: Score) -> None:
    assert all((score.title, score.formula, score.inputs, score.outputs, score.licence))
    assert len(score.source) > 20


@pytest.mark.parametrize("score", SCORES.values(), ids=name)
def test_each_function_tells_its_formula_range_and_refusal(score: Score) -> None:
    told = score.function.__doc__ or ""
    assert "ClinicalInputError" in told
    assert len(told.split()) > 20


@pytest.mark.parametrize(("score", "each"), INPUTS, ids=lambda row: getattr(row, "key", name(row)))
def test_each_input_says_what_is_permitted_and_why(score: Score, each: Input) -> None:
    assert each.title
    assert each.permitted
    assert len(each.source) > 10


@pytest.mark.parametrize(("score", "each"), INPUTS, ids=lambda row: getattr(row, "key", name(row)))
def test_no_input_takes_what_is_nothing_of_its_kind(score: Score, each: Input) -> None:
    for nonsense in ({}, [], object(), "potato", b"1", 1j, float("nan"), -1, 1e300):
        with pytest.raises(ClinicalInputError) as refusal:
            each.read(nonsense)
        assert refusal.value.field == each.key
        assert refusal.value.source == each.source
        assert "%(" not in str(refusal.value)
        assert " ." not in str(refusal.value)


NUMBERS = [(score, each) for score, each in INPUTS if isinstance(each, Number)]


@pytest.mark.parametrize(("score", "each"), NUMBERS, ids=lambda row: getattr(row, "key", name(row)))
def test_each_boundary_is_inside_and_beyond_it_is_refused(score: Score, each: Number) -> None:
    step = max(abs(float(each.high)) * 1e-6, 1e-6)
    assert each.read(each.low) == float(each.low)
    assert each.read(each.high) == float(each.high)
    for outside in (float(each.low) - step, float(each.high) + step, True, str(each.low)):
        with pytest.raises(ClinicalInputError):
            each.read(outside)


CHOICES = [(score, each) for score, each in INPUTS if isinstance(each, Choice)]


@pytest.mark.parametrize(("score", "each"), CHOICES, ids=lambda row: getattr(row, "key", name(row)))
def test_a_choice_is_read_in_any_capitals_and_lists_what_it_takes(
    score: Score, each: Choice
) -> None:
    for written, meant in each.choices.items():
        assert each.read(f" {written.upper()} ") == meant
    with pytest.raises(ClinicalInputError) as refusal:
        each.read("")
    assert each.permitted in str(refusal.value)


def test_an_input_nobody_asked_for_is_refused() -> None:
    with pytest.raises(ClinicalInputError, match="does not use “colour”") as refusal:
        calculate("BMI", weight_kg=70, height_cm=170, colour="blue")
    assert refusal.value.field == "colour"


def test_the_same_thing_twice_is_refused() -> None:
    with pytest.raises(ClinicalInputError, match="same thing") as refusal:
        calculate("CHA2DS2VASC", age=70, Age=71)
    assert refusal.value.field == "age"


def test_what_is_wrong_is_named_before_what_is_missing() -> None:
    with pytest.raises(ClinicalInputError, match="10 to 650") as refusal:
        calculate("BMI", weight_kg=7000)
    assert refusal.value.field == "weight_kg"


@pytest.mark.parametrize("score", ["QRISK3", "FRAX", "STOP-Bang", "PSQI", "ISI", "ESS", "EQ-5D"])
def test_what_may_not_be_shipped_says_why(score: str) -> None:
    assert score not in SCORES
    with pytest.raises(ClinicalInputError, match="A result from") as refusal:
        calculate(score, age=50)
    assert refusal.value.source == ABSENT[score].source


@pytest.mark.parametrize("score", ["", "bmi", "ASTROLOGY", "x" * 10_000])
def test_a_score_that_is_not_there_is_refused(score: str) -> None:
    with pytest.raises(ClinicalInputError, match="no score called") as refusal:
        calculate(score)
    assert len(str(refusal.value)) < 100


def test_a_part_that_is_not_there_is_refused() -> None:
    with pytest.raises(ClinicalInputError, match="no part called") as refusal:
        calculate("LE8", component="luck")
    assert refusal.value.field == "component"


def test_loading_is_quick_and_leaves_the_coefficients_for_later() -> None:
    runs = [
        subprocess.run(
            [sys.executable, "-c", TIMED], capture_output=True, text=True, check=True, timeout=60
        ).stdout.split()
        for _ in range(3)
    ]
    assert min(float(seconds) for seconds, _ in runs) < 0.1
    assert {held for _, held in runs} == {"0"}


def test_results_can_be_written_as_json() -> None:
    found = calculate("FIB4", age=50, ast=30, alt=30, platelets=200)
    assert json.loads(json.dumps(found)) == found


HOSTILE = [
    Decimal("sNaN"),
    Decimal("NaN"),
    Decimal("1E+99999999"),
    Decimal("-1E-99999999"),
    10**5000,
    float("-inf"),
    "1" * 10_000,
    [None] * 9,
    range(10**9),
    "9999-12-31",
]


@pytest.mark.parametrize("score", ROWS, ids=name)
def test_a_hostile_value_is_refused_and_never_breaks(score: Score) -> None:
    for each in score.inputs:
        for value in HOSTILE:
            with pytest.raises(ClinicalInputError) as refusal:
                score.work_out({each.key: value})
            assert len(str(refusal.value)) < 300
