"""Published screening recommendations asked about bare figures.

    screening("aaa-2019", age=65, sex="male", never_smoked=False) -> Screening(True, "B", ...)

Agrees with the executable collection kgrid-objects/USPSTF-collection. "Included" means that the
recommendation speaks to this person, be it for the service (A, B, C), against it (D) or without
enough evidence (I): the grade says which.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from app.clinical.errors import ClinicalInputError
from app.clinical.guidelines import criteria, sources
from app.clinical.guidelines.answers import Answer, Figure
from app.clinical.guidelines.build import Guideline
from app.clinical.sentences import N_, Sentence

UNKNOWN_TOPIC = N_("We do not know the screening topic “%(topic)s”.")
MISSING = N_("Please give %(field)s.")
UNEXPECTED = N_("%(field)s is not asked for this topic.")
NOT_A_NUMBER = N_("%(field)s must be a number from %(least)s to %(most)s.")
NOT_WHOLE = N_("%(field)s must be whole years.")
NOT_YES_OR_NO = N_("%(field)s must be yes or no.")
NOT_A_SEX = N_("%(field)s must be female or male.")

INPUT_SOURCE = "A bound of plausibility: no person is outside it."
# The least and the most of each number; a slip of key or unit falls outside.
BOUNDS: Mapping[str, tuple[int, int]] = {
    "age": (0, 125),
    "bmi": (8, 120),
    "bmi_percentile": (0, 100),
    "ten_year_cvd_pct": (0, 100),
    "pack_years": (0, 300),
    "years_since_quit": (0, 120),
}
SEXES = ("female", "male")


@dataclass(frozen=True)
class Screening:
    """Whether a recommendation speaks to a person, and with which grade."""

    topic: str
    included: bool
    grade: str | None
    source: str


@dataclass(frozen=True)
class Topic:
    """A recommendation with the inputs it takes and the criteria it follows.

    `rules` names the guideline rules that follow the same criteria.
    """

    id: str
    title: Sentence
    guideline: Guideline
    inputs: tuple[str, ...]
    criteria: Callable[..., criteria.Grades]
    rules: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """Where the recommendation was published."""
        return self.guideline.source


def screening(topic: str, **inputs: Any) -> Screening:
    """Whether a published recommendation speaks to someone with these inputs.

    Every input of the topic must be given. `None` says that it is not known, and is accepted
    while the answer does not depend on it. Raises `ClinicalInputError` for an unknown topic, a
    missing, unknown or absurd input.
    """
    known = TOPICS.get(topic)
    if known is None:
        said = Sentence(UNKNOWN_TOPIC, {"topic": str(topic)})
        raise ClinicalInputError("topic", said, "The topics of this library.")
    _check_names(known, inputs)
    grades = known.criteria(*(_read(name, inputs[name]) for name in known.inputs))
    grade = next((grade for grade, answer in grades.items() if answer.true), None)
    waiting = [answer.needs[0] for answer in grades.values() if answer.true is None]
    if grade is None and waiting:
        raise _refused(waiting[0], Sentence(MISSING, {"field": waiting[0]}))
    return Screening(topic, included=grade is not None, grade=grade, source=known.source)


def _check_names(topic: Topic, inputs: Mapping[str, Any]) -> None:
    for name in topic.inputs:
        if name not in inputs:
            raise _refused(name, Sentence(MISSING, {"field": name}))
    for name in inputs:
        if name not in topic.inputs:
            raise _refused(name, Sentence(UNEXPECTED, {"field": name}))


def _refused(field: str, sentence: Sentence) -> ClinicalInputError:
    return ClinicalInputError(field, sentence, INPUT_SOURCE)


def _read(name: str, value: object) -> Figure | Answer:
    if name in BOUNDS:
        return Figure(None, (), (name,)) if value is None else Figure(_number(name, value))
    if value is None:
        return Answer(None, (), (name,))
    if name == "sex":
        if not isinstance(value, str) or value not in SEXES:
            raise _refused(name, Sentence(NOT_A_SEX, {"field": name}))
        return Answer(value == "male")
    if not isinstance(value, bool):
        raise _refused(name, Sentence(NOT_YES_OR_NO, {"field": name}))
    return Answer(value)


def _number(name: str, value: object) -> Decimal:
    least, most = BOUNDS[name]
    number = None
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        number = Decimal(value)
    elif isinstance(value, float):
        number = Decimal(str(value))
    if number is None or not number.is_finite() or not least <= number <= most:
        said = Sentence(NOT_A_NUMBER, {"field": name, "least": least, "most": most})
        raise _refused(name, said)
    if name == "age" and number != number.to_integral_value():
        raise _refused(name, Sentence(NOT_WHOLE, {"field": name}))
    return number


def _breast(age: Figure, male: Answer) -> criteria.Grades:
    return criteria.breast(age, ~male)


def _bone(age: Figure, male: Answer, after: Answer, risk: Answer) -> criteria.Grades:
    return criteria.bone(age, ~male, after, risk)


def _colorectal(age: Figure, average_risk: Answer) -> criteria.Grades:
    graded = criteria.colorectal(age)
    return {grade: average_risk & answer for grade, answer in graded.items()}


_ALL = (
    Topic(
        "statin-2022",
        Sentence(N_("Statins before any heart disease")),
        sources.STATIN_2022,
        ("age", "has_cvd_risk_factor", "ten_year_cvd_pct"),
        criteria.statin,
        ("CV-02", "CV-03"),
    ),
    Topic(
        "aaa-2019",
        Sentence(N_("Ultrasound of the aorta")),
        sources.AORTA_2019,
        ("age", "sex", "never_smoked"),
        criteria.aorta,
        ("AAA-01",),
    ),
    Topic(
        "prediabetes-2021",
        Sentence(N_("Blood sugar tests")),
        sources.PREDIABETES_2021,
        ("age", "bmi"),
        criteria.prediabetes,
        ("DM-01",),
    ),
    Topic(
        "hypertension-2021",
        Sentence(N_("Blood pressure checks")),
        sources.HYPERTENSION_2021,
        ("age", "known_hypertension"),
        criteria.hypertension,
    ),
    Topic(
        "obesity-2018",
        Sentence(N_("Help to lose weight")),
        sources.OBESITY_2018,
        ("age", "bmi"),
        criteria.obesity,
        ("OB-01",),
    ),
    Topic(
        "cvd-counselling-2020",
        Sentence(N_("Advice on food and movement")),
        sources.COUNSELLING_2020,
        ("age", "has_cvd_risk_factor"),
        criteria.counselling,
        ("CV-01",),
    ),
    Topic(
        "child-obesity-2024",
        Sentence(N_("Help for children with a high weight")),
        sources.CHILD_OBESITY_2024,
        ("age", "bmi_percentile"),
        criteria.child_weight,
    ),
    Topic(
        "pregnancy-weight-2021",
        Sentence(N_("Healthy weight in pregnancy")),
        sources.PREGNANCY_WEIGHT_2021,
        ("pregnant",),
        criteria.pregnancy_weight,
    ),
    Topic(
        "colorectal-2021",
        Sentence(N_("Tests for bowel cancer")),
        sources.COLORECTAL_2021,
        ("age", "average_risk"),
        _colorectal,
        ("CRC-01",),
    ),
    Topic(
        "lung-2021",
        Sentence(N_("Scan of the lungs")),
        sources.LUNG_2021,
        ("age", "pack_years", "smokes", "years_since_quit"),
        criteria.lung,
        ("LUNG-01",),
    ),
    Topic(
        "breast-2024",
        Sentence(N_("Mammograms")),
        sources.BREAST_2024,
        ("age", "sex"),
        _breast,
        ("BR-01",),
    ),
    Topic(
        "osteoporosis-2025",
        Sentence(N_("Bone density scan")),
        sources.BONE_2025,
        ("age", "sex", "postmenopausal", "raised_risk"),
        _bone,
        ("OST-01",),
    ),
    Topic(
        "aspirin-2022",
        Sentence(N_("Starting aspirin")),
        sources.ASPIRIN_2022,
        ("age", "ten_year_cvd_pct"),
        criteria.aspirin,
        ("CV-04",),
    ),
)

TOPICS: Mapping[str, Topic] = MappingProxyType({topic.id: topic for topic in _ALL})
