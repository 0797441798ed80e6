"""What is computed of a series, each with its title and its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Method:
    """One thing computed: its name in code, what it is, and where it comes from."""

    key: str
    title: str
    source: str


_ROWS = (
    Method(
        "baselines.expected_range",
        "A person's own range: empirical Bayes prediction interval",
        "Harris 1974 Clin Chem 20:1535; Coskun 2021 doi:10.1093/clinchem/hvaa233; Efron and"
        " Morris 1975 doi:10.1080/01621459.1975.10479864",
    ),
    Method(
        "baselines.is_change",
        "Whether the newest readings differ from a person's earlier ones",
        "Harris 1974 Clin Chem 20:1535; Fraser 2001 Biological Variation; Page 1954"
        " doi:10.1093/biomet/41.1-2.100; Hawkins 1977 doi:10.1080/01621459.1977.10479935",
    ),
    Method(
        "baselines.reference_change_value",
        "Reference change value of two results",
        "Harris 1974 Clin Chem 20:1535; Fokkema 2006 doi:10.1373/clinchem.2006.069369",
    ),
    Method(
        "response.effect",
        "Change of level since a plan line began, with its interval",
        "Aitken 1935 doi:10.1017/S0370164600014346 (generalised least squares); Efron and"
        " Morris 1975 doi:10.1080/01621459.1975.10479864",
    ),
    Method(
        "home_pressure.assess",
        "Home blood pressure series: mean, halves of the day, variability, categories",
        "AHA/ACC 2025 doi:10.1161/CIR.0000000000001356; ESC 2024 doi:10.1093/eurheartj/ehae178;"
        " Mena 2005 doi:10.1097/00004872-200503000-00007 (average real variability)",
    ),
    Method(
        "glucose_metrics.summary",
        "Continuous glucose: mean, variability, times in ranges, GMI and GRI",
        "Battelino 2019 doi:10.2337/dci19-0028; Bergenstal 2018 doi:10.2337/dc18-1581; Klonoff"
        " 2022 doi:10.1177/19322968221085273",
    ),
    Method(
        "glucose_metrics.daily_profile",
        "Continuous glucose by time of day: ambulatory glucose profile",
        "Johnson 2019 doi:10.1089/dia.2018.0384; Battelino 2019 doi:10.2337/dci19-0028",
    ),
)

METHODS: Mapping[str, Method] = MappingProxyType({row.key: row for row in _ROWS})
