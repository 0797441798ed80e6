"""Screening topics: every published case, the words of the grades, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clinical import ClinicalInputError
from app.clinical.guidelines import RULES, TOPICS, screening
from app.clinical.guidelines.facts import Fact
from app.clinical.guidelines.strengths import GRADES
from tests.clinical.guidelines.crowd import known
from tests.clinical.people import TODAY, outcome
from tests.clinical.shared import cases

STATIN = ("age", "has_cvd_risk_factor", "ten_year_cvd_pct")
AORTA = ("age", "sex", "never_smoked")
BODY = ("age", "bmi")
KNOWN = ("age", "known_hypertension")
FACTOR = ("age", "has_cvd_risk_factor")
CHILD = ("age", "bmi_percentile")

# Every case of kgrid-objects/USPSTF-collection, */tests/test_knowledge.py; where a case leaves
# the grade open it is the one the recommendation gives.
PUBLISHED: list[tuple[str, tuple[str, ...], tuple[Any, ...], str | None]] = [
    ("statin-2022", STATIN, (30, True, 15), None),
    ("statin-2022", STATIN, (40, True, 15), "B"),
    ("statin-2022", STATIN, (40, True, 7.5), "C"),
    ("statin-2022", STATIN, (30, True, 7.5), None),
    ("statin-2022", STATIN, (76, False, 5), "I"),
    ("statin-2022", STATIN, (50, True, 5), None),
    ("statin-2022", STATIN, (20, True, 15), None),
    ("statin-2022", STATIN, (20, False, 15), None),
    ("statin-2022", STATIN, (35, False, None), None),
    ("aaa-2019", AORTA, (30, "male", False), None),
    ("aaa-2019", AORTA, (80, "male", False), None),
    ("aaa-2019", AORTA, (65, "male", False), "B"),
    ("aaa-2019", AORTA, (30, "male", True), None),
    ("aaa-2019", AORTA, (80, "male", True), None),
    ("aaa-2019", AORTA, (65, "male", True), "C"),
    ("aaa-2019", AORTA, (30, "female", False), None),
    ("aaa-2019", AORTA, (80, "female", False), None),
    ("aaa-2019", AORTA, (65, "female", False), "I"),
    ("aaa-2019", AORTA, (30, "female", True), "D"),
    ("aaa-2019", AORTA, (80, "female", True), "D"),
    ("aaa-2019", AORTA, (65, "female", True), "D"),
    ("prediabetes-2021", BODY, (34, 31), None),
    ("prediabetes-2021", BODY, (35, 31), "B"),
    ("prediabetes-2021", BODY, (35, 24), None),
    ("prediabetes-2021", BODY, (35, 25), "B"),
    ("prediabetes-2021", BODY, (70, 25), "B"),
    ("prediabetes-2021", BODY, (71, 25), None),
    ("hypertension-2021", KNOWN, (17, False), None),
    ("hypertension-2021", KNOWN, (18, False), "A"),
    ("hypertension-2021", KNOWN, (27, True), None),
    ("hypertension-2021", KNOWN, (30, False), "A"),
    ("obesity-2018", BODY, (17, 31), None),
    ("obesity-2018", BODY, (18, 31), "B"),
    ("obesity-2018", BODY, (18, 29), None),
    ("obesity-2018", BODY, (18, 30), "B"),
    ("cvd-counselling-2020", FACTOR, (30, False), None),
    ("cvd-counselling-2020", FACTOR, (17, True), None),
    ("cvd-counselling-2020", FACTOR, (40, True), "B"),
    ("child-obesity-2024", CHILD, (17, 97), "B"),
    ("child-obesity-2024", CHILD, (27, 97), None),
    ("child-obesity-2024", CHILD, (17, 94), None),
    ("child-obesity-2024", CHILD, (18, 95), "B"),
    ("pregnancy-weight-2021", ("pregnant",), (True,), "B"),
    ("pregnancy-weight-2021", ("pregnant",), (False,), None),
]


@pytest.mark.parametrize(("topic", "names", "values", "grade"), PUBLISHED)
def test_every_published_case_gets_the_published_answer(
    topic: str, names: tuple[str, ...], values: tuple[Any, ...], grade: str | None
) -> None:
    found = screening(topic, **dict(zip(names, values, strict=True)))
    assert (found.included, found.grade) == (grade is not None, grade)


@pytest.mark.parametrize("case", cases("guidelines"))
def test_sample_cases_get_the_published_answer(case: dict[str, Any]) -> None:
    found = screening(case["topic"], **case["inputs"])
    assert {"included": found.included, "grade": found.grade} == case["expected"]


# Where each band begins and ends, by the recommendation's own text.
EDGES: list[tuple[str, dict[str, Any], str | None]] = [
    ("statin-2022", {"age": 39, "has_cvd_risk_factor": True, "ten_year_cvd_pct": 10}, None),
    ("statin-2022", {"age": 75, "has_cvd_risk_factor": True, "ten_year_cvd_pct": 10}, "B"),
    ("statin-2022", {"age": 75, "has_cvd_risk_factor": True, "ten_year_cvd_pct": 9.9}, "C"),
    ("statin-2022", {"age": 75, "has_cvd_risk_factor": True, "ten_year_cvd_pct": 7.4}, None),
    ("statin-2022", {"age": 60, "has_cvd_risk_factor": False, "ten_year_cvd_pct": 20}, None),
    ("aaa-2019", {"age": 64, "sex": "male", "never_smoked": False}, None),
    ("aaa-2019", {"age": 75, "sex": "male", "never_smoked": False}, "B"),
    ("aaa-2019", {"age": 76, "sex": "male", "never_smoked": False}, None),
    ("child-obesity-2024", {"age": 5, "bmi_percentile": 99}, None),
    ("child-obesity-2024", {"age": 6, "bmi_percentile": 95}, "B"),
    ("child-obesity-2024", {"age": 19, "bmi_percentile": 99}, None),
    ("colorectal-2021", {"age": 44, "average_risk": True}, None),
    ("colorectal-2021", {"age": 45, "average_risk": True}, "B"),
    ("colorectal-2021", {"age": 49, "average_risk": True}, "B"),
    ("colorectal-2021", {"age": 50, "average_risk": True}, "A"),
    ("colorectal-2021", {"age": 75, "average_risk": True}, "A"),
    ("colorectal-2021", {"age": 76, "average_risk": True}, "C"),
    ("colorectal-2021", {"age": 85, "average_risk": True}, "C"),
    ("colorectal-2021", {"age": 86, "average_risk": True}, None),
    ("colorectal-2021", {"age": 60, "average_risk": False}, None),
    ("lung-2021", {"age": 49, "pack_years": 20, "smokes": True, "years_since_quit": None}, None),
    ("lung-2021", {"age": 50, "pack_years": 20, "smokes": True, "years_since_quit": None}, "B"),
    ("lung-2021", {"age": 80, "pack_years": 20, "smokes": False, "years_since_quit": 14.9}, "B"),
    ("lung-2021", {"age": 80, "pack_years": 20, "smokes": False, "years_since_quit": 15}, None),
    ("lung-2021", {"age": 80, "pack_years": 20, "smokes": False, "years_since_quit": 15.1}, None),
    ("lung-2021", {"age": 81, "pack_years": 20, "smokes": True, "years_since_quit": None}, None),
    ("lung-2021", {"age": 60, "pack_years": 19.9, "smokes": True, "years_since_quit": None}, None),
    ("breast-2024", {"age": 39, "sex": "female"}, None),
    ("breast-2024", {"age": 40, "sex": "female"}, "B"),
    ("breast-2024", {"age": 74, "sex": "female"}, "B"),
    ("breast-2024", {"age": 75, "sex": "female"}, "I"),
    ("breast-2024", {"age": 50, "sex": "male"}, None),
    ("aspirin-2022", {"age": 39, "ten_year_cvd_pct": 20}, None),
    ("aspirin-2022", {"age": 40, "ten_year_cvd_pct": 10}, "C"),
    ("aspirin-2022", {"age": 59, "ten_year_cvd_pct": 9.9}, None),
    ("aspirin-2022", {"age": 60, "ten_year_cvd_pct": None}, "D"),
]
BONES = ("age", "sex", "postmenopausal", "raised_risk")
EDGES += [
    ("osteoporosis-2025", dict(zip(BONES, values, strict=True)), grade)
    for values, grade in [
        ((64, "female", True, False), None),
        ((65, "female", None, None), "B"),
        ((50, "female", True, True), "B"),
        ((50, "female", False, True), None),
        ((70, "male", False, False), "I"),
    ]
]


@pytest.mark.parametrize(("topic", "inputs", "grade"), EDGES)
def test_bands_begin_and_end_where_the_text_says(
    topic: str, inputs: dict[str, Any], grade: str | None
) -> None:
    found = screening(topic, **inputs)
    assert (found.included, found.grade) == (grade is not None, grade)


AORTA_INPUTS = {"age": 65, "sex": "male", "never_smoked": False}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("age", -1),
        ("age", 126),
        ("age", 65.5),
        ("age", "65"),
        ("age", True),
        ("age", None),
        ("age", float("nan")),
        ("age", float("inf")),
        ("age", Decimal("sNaN")),
        pytest.param("age", 10**5000, id="age-huge"),
        ("sex", "m"),
        ("sex", None),
        ("sex", 1),
        ("never_smoked", 0),
        ("never_smoked", "no"),
        ("never_smoked", None),
    ],
)
def test_absurd_or_unknown_input_is_refused_by_name(field: str, value: object) -> None:
    with pytest.raises(ClinicalInputError) as refused:
        screening("aaa-2019", **{**AORTA_INPUTS, field: value})
    assert refused.value.field == field
    assert refused.value.source
    assert field in str(refused.value)


@pytest.mark.parametrize("field", list(AORTA_INPUTS))
def test_input_that_is_not_given_is_refused_by_name(field: str) -> None:
    inputs = {name: value for name, value in AORTA_INPUTS.items() if name != field}
    with pytest.raises(ClinicalInputError) as refused:
        screening("aaa-2019", **inputs)
    assert refused.value.field == field


def test_unknown_topic_and_strange_input_are_refused() -> None:
    with pytest.raises(ClinicalInputError, match="aaa-1999"):
        screening("aaa-1999", **AORTA_INPUTS)
    with pytest.raises(ClinicalInputError, match="shoe_size"):
        screening("aaa-2019", **AORTA_INPUTS, shoe_size=44)


@pytest.mark.parametrize(
    ("field", "most", "least"), [("bmi", 120, 8), ("age", 125, 0)], ids=["bmi", "age"]
)
def test_bounds_themselves_are_accepted(field: str, most: int, least: int) -> None:
    for value in (most, least):
        screening("obesity-2018", **{"age": 40, "bmi": 31, field: value})
    for value in (most + 1, least - 1):
        with pytest.raises(ClinicalInputError, match=f"from {least} to {most}"):
            screening("obesity-2018", **{"age": 40, "bmi": 31, field: value})


@pytest.mark.parametrize("topic", TOPICS.values(), ids=lambda topic: topic.id)
def test_every_topic_has_its_title_source_and_rules(topic: Any) -> None:
    assert str(topic.title)
    assert topic.source.startswith("USPSTF")
    assert topic.guideline.url.startswith("https://")
    assert topic.inputs
    assert set(topic.rules) <= set(RULES)


@given(st.integers(0, 125), st.floats(8, 120), st.booleans())
def test_grade_is_one_of_the_task_forces_and_says_included(
    age: int, bmi: float, known: bool
) -> None:
    for found in (
        screening("prediabetes-2021", age=age, bmi=bmi),
        screening("hypertension-2021", age=age, known_hypertension=known),
    ):
        assert found.included is (found.grade is not None)
        assert found.grade is None or found.grade in GRADES


SEX = st.sampled_from(["female", "male"])
AGES = st.integers(18, 95)


@given(AGES, st.integers(20, 40))
def test_rules_about_weight_speak_where_their_topics_do(age: int, bmi: int) -> None:
    facts = known(age=age, weight=4 * bmi, height=200)
    assert agree("OB-01", facts, "obesity-2018", "B", age=age, bmi=bmi)
    assert agree("DM-01", facts, "prediabetes-2021", "B", age=age, bmi=bmi)


@given(AGES, SEX, st.booleans())
def test_rules_about_scans_speak_where_their_topics_do(age: int, sex: str, never: bool) -> None:
    smoking = "LA18978-9" if never else "LA15920-4"
    facts = known(age=age, sex_at_birth=sex, smoking_status=smoking, menopause=False)
    assert agree("AAA-01", facts, "aaa-2019", "B", age=age, sex=sex, never_smoked=never)
    assert agree("BR-01", facts, "breast-2024", "B", age=age, sex=sex)
    bones = {"postmenopausal": False, "raised_risk": False}
    assert agree("OST-01", facts, "osteoporosis-2025", "B", age=age, sex=sex, **bones)
    assert agree("CRC-01", facts, "colorectal-2021", "AB", age=age, average_risk=True)


@given(AGES, st.integers(0, 40), st.integers(0, 30), st.booleans())
def test_rule_about_lungs_speaks_where_its_topic_does(
    age: int, packs: int, quit_years: int, smokes: bool
) -> None:
    facts = known(
        age=age,
        pack_years=packs,
        smoking_status="LA18976-3" if smokes else "LA15920-4",
        quit_date=TODAY.replace(year=TODAY.year - quit_years),
    )
    told = {"pack_years": packs, "smokes": smokes, "years_since_quit": quit_years}
    assert agree("LUNG-01", facts, "lung-2021", "B", age=age, **told)


@given(AGES, st.booleans(), st.sampled_from([5, 7.4, 7.5, 9.9, 10, 30]))
def test_rules_about_the_heart_speak_where_their_topics_do(
    age: int, factor: bool, risk: float
) -> None:
    facts = known(
        age=age,
        pce_ascvd_10y=risk,
        hypertension=factor,
        diabetes="none",
        dyslipidaemia=False,
        smoking_status="LA18978-9",
        medicines=(),
    )
    told = {"age": age, "has_cvd_risk_factor": factor}
    assert agree("CV-01", facts, "cvd-counselling-2020", "B", **told)
    assert agree("CV-02", facts, "statin-2022", "B", **told, ten_year_cvd_pct=risk)
    assert agree("CV-03", facts, "statin-2022", "C", **told, ten_year_cvd_pct=risk)
    assert agree("CV-04", facts, "aspirin-2022", "D", age=age, ten_year_cvd_pct=risk)


def agree(rule: str, facts: list[Fact], topic: str, grades: str, **inputs: Any) -> bool:
    """Whether the rule recommends exactly where the topic gives one of these grades."""
    grade = screening(topic, **inputs).grade
    return (outcome(rule, facts) == "proposed") is (grade is not None and grade in grades)


def test_every_topic_with_rules_is_compared_with_them() -> None:
    compared = {
        "OB-01", "DM-01", "AAA-01", "BR-01", "OST-01", "CRC-01", "LUNG-01", "CV-01", "CV-02",
        "CV-03", "CV-04",
    }  # fmt: skip
    assert {name for topic in TOPICS.values() for name in topic.rules} == compared
