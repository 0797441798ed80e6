"""The figures of a period of continuous glucose."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from statistics import fmean, stdev
from types import MappingProxyType

from app.clinical.errors import ClinicalInputError
from app.clinical.glucose_metrics.sensor import HIGHEST, MG_IN_MMOL, Known, SensorReading, known
from app.clinical.glucose_metrics.targets import TARGETS, Goal, Target
from app.clinical.glucose_metrics.wear import Wear, of_moments
from app.clinical.sentences import N_, Sentence

GMI_SOURCE = "Bergenstal 2018 doi:10.2337/dc18-1581"
GRI_SOURCE = "Klonoff 2022 doi:10.1177/19322968221085273"
PER_CENT = 100.0
GRI_ZONES = "ABCDE"
GRI_ZONE_WIDTH = 20

UNKNOWN_TARGET = N_("We do not know these glucose targets: %(target)s.")
NOT_A_MEAN = N_("The mean must be a number above 0 and no more than %(most)s.")

# HL7 CGM implementation guide, ConceptMap CGMSummaryToLoinc. Confirmed in other public
# sources: 97507-8, 105273-7, 104642-4, 97506-0 and 104638-2.
LOINC: Mapping[str, str] = MappingProxyType(
    {
        "mean": "97507-8",
        "mean_mmol": "105273-7",
        "gmi": "97506-0",
        "very_low": "104642-4",
        "low": "104641-6",
        "in_range": "97510-2",
        "high": "104640-8",
        "very_high": "104639-0",
        "cv": "104638-2",
        "days": "104636-6",
        "active": "104637-4",
    }
)


@dataclass(frozen=True)
class Shares:
    """Per cent of readings in five ranges that leave nothing out and share nothing."""

    very_low: float
    low: float
    in_range: float
    high: float
    very_high: float

    @property
    def below(self) -> float:
        """All time below range."""
        return self.very_low + self.low

    @property
    def above(self) -> float:
        """All time above range."""
        return self.high + self.very_high


@dataclass(frozen=True)
class Summary:
    """What a period of readings comes to. Means and spread in mg/dL unless named otherwise.

    The mean, SD, CV and GMI leave out readings that only said Low or High, and are None
    when nothing else is there (SD and CV when fewer than two are).
    """

    target: Target
    count: int
    measured: int
    mean: float | None
    sd: float | None
    cv: float | None
    shares: Shares
    gri: float
    wear: Wear

    @property
    def mean_mmol(self) -> float | None:
        """The mean in mmol/L."""
        return None if self.mean is None else self.mean / float(MG_IN_MMOL)

    @property
    def sd_mmol(self) -> float | None:
        """The standard deviation in mmol/L."""
        return None if self.sd is None else self.sd / float(MG_IN_MMOL)

    @property
    def gmi(self) -> float | None:
        """Glucose management indicator, per cent."""
        return None if self.mean is None else gmi(self.mean)

    @property
    def gmi_mmol_mol(self) -> float | None:
        """Glucose management indicator, mmol/mol."""
        return None if self.mean_mmol is None else gmi_mmol_mol(self.mean_mmol)

    @property
    def gri_zone(self) -> str:
        """A (0 to 20, lowest risk) to E (over 80)."""
        place = math.ceil(self.gri / GRI_ZONE_WIDTH) - 1
        return GRI_ZONES[min(max(place, 0), len(GRI_ZONES) - 1)]

    def figure(self, key: str) -> float | None:
        """A figure by the name goals and codes use: in_range, below, cv, mean, days, active."""
        if key in {"days", "active"}:
            return float(getattr(self.wear, key))
        owner = self.shares if hasattr(self.shares, key) else self
        found: float | None = getattr(owner, key)
        return found

    @property
    def goals(self) -> tuple[tuple[Goal, bool], ...]:
        """Each goal of the target set and whether it is met; unknown figures are left out."""
        pairs = ((goal, self.figure(goal.figure)) for goal in self.target.goals)
        return tuple((goal, goal.met(value)) for goal, value in pairs if value is not None)

    @property
    def coded(self) -> dict[str, float]:
        """LOINC code to figure; the ranges carry these codes only with the adult cut points."""
        figures = {LOINC[key]: self.figure(key) for key in LOINC}
        return {code: value for code, value in figures.items() if value is not None}


def summary(readings: Iterable[SensorReading], target: str = "adult") -> Summary:
    """Mean, SD, CV, GMI, times in ranges, GRI and wear of all the readings given.

    Per cent are of readings, which a sensor gives at even steps. In range includes both
    ends (adult: 70 to 180 mg/dL); below is under the low end, very low under 54; above is
    over the high end, very high over 250. SD is of a sample (n - 1), CV = 100 SD / mean. A
    reading that only said Low or High counts as very low or very high. The same value at the
    same moment counts once (exports overlap); different values at one moment all count.

    Units: mg/dL or mmol/L, also mixed. `target`: "adult", "older" or "pregnancy".
    Raises `ClinicalInputError` for no list, no readings, a number outside 20 to 600 mg/dL or
    not finite, another unit, times that cannot be compared, an unknown target.

    Sources: Battelino 2019 doi:10.2337/dci19-0028; Bergenstal 2018 doi:10.2337/dc18-1581;
    Klonoff 2022 doi:10.1177/19322968221085273.
    """
    if target not in TARGETS:
        said = Sentence(UNKNOWN_TARGET, {"target": str(target)[:40]})
        raise ClinicalInputError("target", said)
    found = known(readings)
    numbers = [each.mg for each in found if each.mg is not None]
    mean = fmean(numbers) if numbers else None
    sd = stdev(numbers) if len(numbers) > 1 else None
    return Summary(
        target=TARGETS[target],
        count=len(found),
        measured=len(numbers),
        mean=mean,
        sd=sd,
        cv=PER_CENT * sd / mean if sd is not None and mean else None,
        shares=_shares(found, TARGETS[target]),
        gri=gri(_shares(found, TARGETS["adult"])),
        wear=of_moments(sorted({each.taken_at for each in found})),
    )


def _shares(found: list[Known], target: Target) -> Shares:
    count = len(found)
    very_low = sum(each.level < target.very_low for each in found)
    below = sum(each.level < target.low for each in found)
    above = sum(each.level > target.high for each in found)
    very_high = sum(each.level > target.very_high for each in found)
    return Shares(
        very_low=PER_CENT * very_low / count,
        low=PER_CENT * (below - very_low) / count,
        in_range=PER_CENT * (count - below - above) / count,
        high=PER_CENT * (above - very_high) / count,
        very_high=PER_CENT * very_high / count,
    )


def gmi(mean: float) -> float:
    """Glucose management indicator in per cent: 3.31 + 0.02392 x mean in mg/dL.

    Raises `ClinicalInputError` unless the mean is a number above 0, at most 600.
    Source: Bergenstal 2018 doi:10.2337/dc18-1581.
    """
    return 3.31 + 0.02392 * _mean(mean)


def gmi_mmol_mol(mean: float) -> float:
    """Glucose management indicator in mmol/mol: 12.71 + 4.70587 x mean in mmol/L.

    Raises `ClinicalInputError` unless the mean is a number above 0, at most 600.
    Source: Bergenstal 2018 doi:10.2337/dc18-1581.
    """
    return 12.71 + 4.70587 * _mean(mean)


def _mean(mean: object) -> float:
    if isinstance(mean, bool) or not isinstance(mean, int | float | Decimal):
        raise ClinicalInputError("mean", Sentence(NOT_A_MEAN, {"most": HIGHEST}), GMI_SOURCE)
    if not 0 < mean <= HIGHEST:
        raise ClinicalInputError("mean", Sentence(NOT_A_MEAN, {"most": HIGHEST}), GMI_SOURCE)
    return float(mean)


def gri(shares: Shares) -> float:
    """Glycaemia risk index, 0 to 100, of shares under the adult cut points.

    3.0 x very low + 2.4 x low + 1.6 x very high + 0.8 x high, at most 100.
    Source: Klonoff 2022 doi:10.1177/19322968221085273.
    """
    risk = 3.0 * shares.very_low + 2.4 * shares.low + 1.6 * shares.very_high + 0.8 * shares.high
    return min(risk, PER_CENT)
