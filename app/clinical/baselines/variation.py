"""How much each measure varies: by the device, within one person and between people.

The figures are in `variation.csv`, one row a measure, small enough to be reviewed line by
line. CVA (analytical), CVI (within one person) and CVG (between people) are percentages of
the typical value. `verified` says which figures were read in the source and which are from
working knowledge, to be checked before anyone relies on them; a person's own readings
soon outweigh them.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from types import MappingProxyType

from app.clinical import measures
from app.clinical.baselines.serial import Prior
from app.clinical.errors import ClinicalInputError
from app.clinical.measures import Component, Measure
from app.clinical.sentences import N_, Sentence

# People differ in how much they vary: within-person SD of home pressure is 8.6 with SD 3.1
# over about 27 mornings (Kato 2010, doi:10.1038/ajh.2010.94). Less what 27 readings leave
# to chance, that is the spread of a scaled inverse chi-squared with 6 degrees of freedom.
TRUST = 6

UNKNOWN = N_("We do not know how much this measure varies: %(measure)s.")
WHICH = N_("Please choose the upper or the lower number.")

PER_CENT = 100


@dataclass(frozen=True)
class Variation:
    """One row of the table. `better` is "lower", "higher" or "" where it depends."""

    key: str
    title: str
    loinc: tuple[str, ...]
    unit: str
    scale: str
    typical: Decimal
    cva: Decimal
    cvi: Decimal
    cvg: Decimal
    better: str
    newest: int  # how many of the newest readings may speak together: 3, or 1 for a laboratory
    low: Decimal
    high: Decimal
    decimals: int
    source: str
    verified: str

    @property
    def within(self) -> float:
        """CVA and CVI together, as a fraction: what one reading scatters by."""
        return math.hypot(float(self.cva), float(self.cvi)) / PER_CENT

    @property
    def prior(self) -> Prior:
        """What is known of anyone, on the scale that is fitted."""
        between = float(self.cvg) / PER_CENT
        centre = float(self.typical)
        # CVI is a root mean square over people, so the mean of the prior variance is set to it.
        usual = math.sqrt((TRUST - 2) / TRUST)
        if self.scale == "log":
            within = _log_sd(self.within) * usual
            return Prior(math.log(centre), _log_sd(between), within, TRUST)
        return Prior(centre, between * centre, self.within * centre * usual, TRUST)

    def fitted(self, value: float) -> float:
        """A value on the scale that is fitted."""
        return math.log(value) if self.scale == "log" else value

    def shown(self, value: float) -> float:
        """A fitted value back in the measure's unit."""
        return math.exp(value) if self.scale == "log" else value


def _log_sd(fraction: float) -> float:
    """The standard deviation of the logarithm for a coefficient of variation."""
    return math.sqrt(math.log1p(fraction * fraction))


def variation(measure: str | Measure | Component | Variation) -> Variation:
    """The row of a measure, by its key, its LOINC code, or the row of the table of measures.

    Raises `ClinicalInputError` for a measure that is not in the table, and for blood
    pressure as a pair: its two numbers have a row each.
    """
    if isinstance(measure, Variation):
        return measure
    if isinstance(measure, Measure | Component):
        return _of_codes(measure)
    if not isinstance(measure, str):
        raise ClinicalInputError("measure", Sentence(UNKNOWN, {"measure": str(measure)[:40]}))
    rows = table()
    if measure in rows:
        return rows[measure]
    if measure in measures.MEASURES:
        return _of_codes(measures.MEASURES[measure])
    for row in rows.values():
        if measure in row.loinc:
            return row
    raise ClinicalInputError("measure", Sentence(UNKNOWN, {"measure": str(measure)[:40]}))


def _of_codes(measure: Measure | Component) -> Variation:
    if isinstance(measure, Measure) and len(measure.components) > 1:
        raise ClinicalInputError("measure", Sentence(WHICH))
    codes = {measure.loinc}
    if isinstance(measure, Measure):
        codes |= {part.loinc for part in measure.components}
    for row in table().values():
        if codes & set(row.loinc):
            return row
    raise ClinicalInputError("measure", Sentence(UNKNOWN, {"measure": measure.key}))


@cache
def table() -> Mapping[str, Variation]:
    """Every row, by key."""
    path = resources.files("app.clinical.baselines").joinpath("variation.csv")
    with path.open(encoding="utf-8") as file:
        rows = [_row(line) for line in csv.DictReader(file)]
    return MappingProxyType({row.key: row for row in rows})


def _row(line: dict[str, str]) -> Variation:
    return Variation(
        key=line["key"],
        title=line["title"],
        loinc=tuple(line["loinc"].split()),
        unit=line["unit"],
        scale=line["scale"],
        typical=Decimal(line["typical"]),
        cva=Decimal(line["cva"]),
        cvi=Decimal(line["cvi"]),
        cvg=Decimal(line["cvg"]),
        better=line["better"],
        newest=int(line["newest"]),
        low=Decimal(line["low"]),
        high=Decimal(line["high"]),
        decimals=int(line["decimals"]),
        source=line["source"],
        verified=line["verified"],
    )
