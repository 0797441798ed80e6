"""Risk figures: as a laboratory or a visit reported them, or worked out from their inputs.

A reported figure counts before a computed one. A computed one rests on all its inputs; when
an input is missing that input is named, and when the score refuses an input (out of the range
it was made for) or the figure cannot be, the figure itself is named: nothing is clamped or guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from app.clinical.blood_pressure import Pressure
from app.clinical.errors import ClinicalInputError
from app.clinical.guidelines import medicines
from app.clinical.guidelines.answers import Answer, Figure, merged
from app.clinical.guidelines.facts import Fact, UnfitFact
from app.clinical.guidelines.keys import KEYS
from app.clinical.guidelines.person import Person
from app.clinical.guidelines.rule import Gap
from app.clinical.measures.row import round_half_up
from app.clinical.sentences import N_, Sentence

Input = float | bool | str
Inputs = Mapping[str, Input]
TEN_YEARS = 10
PERCENT = 100


def egfr(person: Person) -> Figure:
    """Kidney function in mL/min/1.73 m2, reported or by CKD-EPI 2021 from creatinine."""
    gathered = Gathered(person)
    gathered.figure("age", person.age)
    gathered.sex()
    gathered.figure("creatinine", person.amount("creatinine"))
    return gathered.score("egfr", lambda inputs: _of("CKD_EPI_2021", "egfr", inputs, unit="mg/dL"))


def fib4(person: Person) -> Figure:
    """FIB-4, reported or from age, AST, ALT and platelets."""
    gathered = Gathered(person)
    gathered.figure("age", person.age)
    for key in ("ast", "alt", "platelets"):
        gathered.figure(key, person.amount(key))
    return gathered.score("fib-4", lambda inputs: _of("FIB4", "fib4", inputs))


def prevent_cvd(person: Person) -> Figure:
    """10-year risk of any cardiovascular disease in percent, reported or by PREVENT."""
    return _prevent(person, "prevent-cvd-10y", "total_cvd")


def prevent_ascvd(person: Person) -> Figure:
    """10-year risk of heart attack and stroke in percent, reported or by PREVENT."""
    return _prevent(person, "prevent-ascvd-10y", "ascvd")


def _prevent(person: Person, key: str, outcome: str) -> Figure:
    return person.profile.once((key, person.today), lambda: _risk(person, key, outcome))


def _risk(person: Person, key: str, outcome: str) -> Figure:
    if person.amount(key).value is not None:
        return person.amount(key)
    gathered = Gathered(person)
    gathered.figure("age", person.age)
    gathered.sex()
    gathered.figure("sbp", _systolic(person))
    gathered.figure("total_c", person.amount("total-cholesterol"))
    gathered.figure("hdl_c", person.amount("hdl-cholesterol"))
    gathered.figure("egfr", egfr(person))
    gathered.figure("bmi", person.bmi)
    gathered.answer("dm", person.diabetes)
    gathered.answer("smoking", person.smokes)
    gathered.answer("bp_tx", person.takes(medicines.PRESSURE))
    gathered.answer("statin", person.takes(medicines.STATINS))

    def risk(inputs: Inputs) -> Decimal:
        return _of("PREVENT", outcome, inputs, years=TEN_YEARS) * PERCENT

    return gathered.score(key, risk)


def _systolic(person: Person) -> Figure:
    """The upper number: the mean of a week at home, or else of the last visit."""
    found = person.home_week
    if not isinstance(found, Gap):
        return Figure(found[0].mean.systolic, found[1])
    fact = person.fresh("office-blood-pressure")
    if fact is not None and isinstance(fact.value, Pressure):
        return Figure(fact.value.systolic, (fact,))
    return Figure(None, (), ("blood-pressure",))


def _of(score: str, output: str, inputs: Inputs, **more: Input) -> Decimal:
    """One output of a published score. The scores are large, so they load on first use."""
    from app.clinical.scores import calculate

    return Decimal(str(calculate(score, **inputs, **more)[output]))


SHOWN = N_("%(value)s percent, worked out from the rest")
SHOWN_BARE = N_("%(value)s, worked out from the rest")


def _computed(key: str, value: Decimal, facts: tuple[Fact, ...]) -> Fact:
    """The figure as a fact of the day of its newest input."""
    unit = KEYS[key].unit
    shown = SHOWN if unit == "%" else SHOWN_BARE
    return Fact(
        key=key,
        value=value,
        unit=unit,
        when=max(fact.when for fact in facts),
        source="computed",
        source_id=key,
        label=Sentence(KEYS[key].name),
        shown=Sentence(shown, {"value": round_half_up(value, 1)}),
    )


class Gathered:
    """The inputs of a score, the facts they came from, and what is missing."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.inputs: dict[str, Input] = {}
        self.told: tuple[Figure | Answer, ...] = ()

    def figure(self, name: str, figure: Figure) -> None:
        """Take in a number."""
        self.told += (figure,)
        if figure.value is not None:
            self.inputs[name] = float(figure.value)

    def answer(self, name: str, answer: Answer) -> None:
        """Take in a yes or no."""
        self.told += (answer,)
        if answer.true is not None:
            self.inputs[name] = answer.true

    def sex(self) -> None:
        """Take in the sex at birth, where it is one the score knows."""
        male = self.person.sex("male")
        self.told += (male,)
        if male.true is not None:
            self.inputs["sex"] = "male" if male.true else "female"

    def score(self, key: str, calculate: Callable[[Inputs], Decimal]) -> Figure:
        """The figure under this key as reported, or worked out from what was gathered."""
        reported = self.person.amount(key)
        if reported.value is not None:
            return reported
        facts = merged(*(each.facts for each in self.told))
        needs = merged(*(each.needs for each in self.told))
        if needs:
            return Figure(None, facts, needs)
        try:
            value = calculate(self.inputs)
            computed = _computed(key, value, facts)
        except (ClinicalInputError, UnfitFact):
            return Figure(None, facts, (key,))
        return Figure(value, (computed, *facts))
