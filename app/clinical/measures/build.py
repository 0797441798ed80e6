"""Short ways to write a row of the table, for measures of one number or of one strip."""

from __future__ import annotations

from decimal import Decimal

from app.clinical.measures.kinds import LAB
from app.clinical.measures.row import (
    Alert,
    Choice,
    Component,
    Context,
    Measure,
    Range,
    Reference,
    Step,
)
from app.clinical.sentences import N_, Sentence

# What stands in a table as 70 or "0.5": the ends of a range, a level of alert.
Figure = int | str
Span = tuple[Figure, Figure]
# The words of a goal, and whose goal it is.
Goal = tuple[str, str]

MG_DL, MMOL_L = Choice("mg/dL", "mg/dL", 0), Choice("mmol/L", "mmol/L", 1)
UMOL_L = Choice("umol/L", "µmol/L", 0)
PERCENT = Choice("%", "%", 0)
PER_MINUTE = Choice("/min", N_("a minute"), 0)
# How a result is said that is read in words; UCUM has only a remark for it.
PRESENCE = (Choice("{presence}", N_("result"), 0),)

AS_REPORTED = N_("Copy the number and the unit exactly as your report shows them.")
ARM = N_("Blood is taken from your arm. Drink water as usual before you come.")
ASK_ABOUT_BREAKFAST = N_("Ask before the test whether you should come without breakfast.")
OWN_RANGE = "Your laboratory's own range"
FROM_MEMORY = "Ranges from working knowledge: check with the laboratory"
LABORATORY = (ARM, ASK_ABOUT_BREAKFAST, AS_REPORTED)

NEGATIVE = Step("negative", Sentence(N_("Negative")))
POSITIVE = Step("positive", Sentence(N_("Positive")))
INVALID = Step("invalid", Sentence(N_("The test did not work")))
TRACE = Step("trace", Sentence(N_("Trace")))
PLUS = tuple(Step(f"{count}+", Sentence(f"{count}+")) for count in range(1, 5))
GRADES = (NEGATIVE, TRACE, *PLUS)
YES_OR_NO = (NEGATIVE, POSITIVE)


def span(ends: Span) -> Range:
    """A range from its two ends."""
    return Range(Decimal(ends[0]), Decimal(ends[1]))


def sentences(*texts: str) -> tuple[Sentence, ...]:
    """Sentences without values."""
    return tuple(Sentence(text) for text in texts)


def alert(  # noqa: PLR0913 - a row of the table has this many columns
    key: str,
    level: str,
    says: str,
    guideline: str,
    *,
    below: Figure | None = None,
    above: Figure | None = None,
    at_least: Figure | None = None,
    at_most: Figure | None = None,
    component: str = "value",
    basis: str = "reading",
) -> Alert:
    """One level at which something is said."""
    return Alert(
        key=key,
        level=level,
        says=Sentence(says),
        guideline=guideline,
        component=component,
        below=_decimal(below),
        above=_decimal(above),
        at_least=_decimal(at_least),
        at_most=_decimal(at_most),
        basis=basis,
    )


def _decimal(figure: Figure | None) -> Decimal | None:
    return None if figure is None else Decimal(figure)


def number(  # noqa: PLR0913 - a row of the table has this many columns
    key: str,
    loinc: str,
    label: str,
    kind: str,
    units: tuple[Choice, ...],
    *,
    hard: Span,
    soft: Span,
    goal: Goal,
    how_to: tuple[str, ...],
    source: str,
    alerts: tuple[Alert, ...] = (),
    contexts: tuple[Context, ...] = (),
    also: tuple[str, ...] = (),
    analyte: str | None = None,
    decimals: int = 1,
) -> Measure:
    """A measure of one number, in the first of its units."""
    return Measure(
        key=key,
        loinc=loinc,
        label=Sentence(label),
        kind=kind,
        choices=units,
        components=(Component("value", loinc, Sentence(label), span(hard), span(soft)),),
        reference=Reference(Sentence(goal[0]), goal[1]),
        how_to=sentences(*how_to),
        source=source,
        alerts=alerts,
        contexts=contexts,
        analyte=analyte,
        canonical_decimals=decimals,
        also=also,
    )


def field(key: str, loinc: str, label: str, steps: tuple[Step, ...]) -> Component:
    """One field of a strip, read in words."""
    places = span((0, len(steps) - 1))
    return Component(key, loinc, Sentence(label), places, places, steps)


def strip(  # noqa: PLR0913 - a row of the table has this many columns
    key: str,
    loinc: str,
    label: str,
    kind: str,
    *,
    fields: tuple[Component, ...] = (),
    steps: tuple[Step, ...] = YES_OR_NO,
    goal: Goal,
    how_to: tuple[str, ...],
    source: str,
    alerts: tuple[Alert, ...] = (),
    also: tuple[str, ...] = (),
) -> Measure:
    """A measure whose result is read in words."""
    return Measure(
        key=key,
        loinc=loinc,
        label=Sentence(label),
        kind=kind,
        choices=PRESENCE,
        components=fields or (field("value", loinc, label, steps),),
        reference=Reference(Sentence(goal[0]), goal[1]),
        how_to=sentences(*how_to),
        source=source,
        alerts=alerts,
        canonical_decimals=0,
        also=also,
    )


def lab(  # noqa: PLR0913 - a row of the table has this many columns
    key: str,
    codes: tuple[str, ...],
    label: str,
    units: tuple[Choice, ...],
    goal: Goal,
    *,
    hard: Span,
    soft: Span,
    source: str = FROM_MEMORY,
    alerts: tuple[Alert, ...] = (),
    analyte: str | None = None,
    how_to: tuple[str, ...] = LABORATORY,
    decimals: int = 2,
) -> Measure:
    """One result of a laboratory, under its first LOINC code."""
    return number(
        key,
        codes[0],
        label,
        LAB,
        units,
        hard=hard,
        soft=soft,
        goal=goal,
        how_to=how_to,
        source=source,
        alerts=alerts,
        also=codes[1:],
        analyte=analyte,
        decimals=decimals,
    )
