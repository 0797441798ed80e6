"""Pure medicine: scores, units, measures, questionnaires, device files, genes, guidelines.

An island. It imports the standard library, and where a standard has a kept library
(UCUM, FHIRPath) that one, when first needed; it reads no clock and knows no web page and
no database, so that every statement in it can be checked by a clinician with the source
in one hand and the test in the other.

    from app import clinical

    clinical.calculate("CKD_EPI_2021", sex="female", age=55, creatinine=1.5, unit="mg/dL")
    clinical.units.convert(Decimal("5.5"), "mmol/L", "mg/dL", analyte="glucose")

Each part loads when it is first named.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from app.clinical.errors import ClinicalInputError, FormError, UnitError
from app.clinical.sentences import N_, Sentence

if TYPE_CHECKING:
    from app.clinical import (
        baselines,
        blood_pressure,
        catalogue,
        devices,
        fhir,
        glucose_metrics,
        guidelines,
        home_pressure,
        measures,
        numbers,
        pharmacogenomics,
        questionnaires,
        response,
        scores,
        sdc,
        units,
    )
    from app.clinical.scores import calculate

PARTS = frozenset(
    {
        "baselines",
        "blood_pressure",
        "catalogue",
        "devices",
        "fhir",
        "glucose_metrics",
        "guidelines",
        "home_pressure",
        "measures",
        "numbers",
        "pharmacogenomics",
        "questionnaires",
        "response",
        "scores",
        "sdc",
        "units",
    }
)

__all__ = [
    "N_",
    "ClinicalInputError",
    "FormError",
    "Sentence",
    "UnitError",
    "baselines",
    "blood_pressure",
    "calculate",
    "catalogue",
    "devices",
    "fhir",
    "glucose_metrics",
    "guidelines",
    "home_pressure",
    "measures",
    "numbers",
    "pharmacogenomics",
    "questionnaires",
    "response",
    "scores",
    "sdc",
    "units",
]


def __getattr__(name: str) -> Any:
    """Load a part when it is first named (PEP 562)."""
    if name in PARTS:
        return import_module(f"{__name__}.{name}")
    if name == "calculate":
        return import_module(f"{__name__}.scores").calculate
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
