"""Limits that guidelines publish twice, in the canonical unit and in the other one.

The two never agree to the last digit: 4.9 mmol/L of LDL cholesterol are 189.5 mg/dL, and the
limit is "190 mg/dL (4.9 mmol/L)". An entry is compared with the limit in the unit in which it
was made, so no one is a patient in one laboratory and healthy in the next.

Sources: ADA Standards of Care 2026 (glucose); ACC/AHA 2026 doi:10.1161/CIR.0000000000001423 and
ACC/AHA 2018 doi:10.1161/CIR.0000000000000625 (fats); KDIGO 2024 doi:10.1016/j.kint.2023.10.018
(albumin in urine); Society for Endocrinology 2016 doi:10.1530/EC-16-0055 and -0056 (calcium).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

# What lies on either side of a limit: less than any canonical value is rounded to.
_HAIR = Decimal("0.001")

_GLUCOSE = {
    "54": "3.0",
    "70": "3.9",
    "100": "5.6",
    "126": "7.0",
    "140": "7.8",
    "180": "10.0",
    "200": "11.1",
    "250": "13.9",
    "300": "16.7",
    "600": "33.3",
}
_CHOLESTEROL = {"70": "1.8", "100": "2.6", "130": "3.4", "160": "4.1", "190": "4.9", "220": "5.7"}
_CALCIUM = {"7.6": "1.9", "12": "3.0", "14": "3.5"}
_HDL = {"40": "1.0", "50": "1.3"}
_TRIGLYCERIDES = {"150": "1.7", "175": "2.0", "500": "5.6", "1000": "11.3"}

# By measure and the unit of the entry: the limit in the canonical unit, and in that one.
_TWINS: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("glucose", "mmol/L"): _GLUCOSE,
    ("glucose-sensor", "mmol/L"): _GLUCOSE,
    ("fasting-glucose", "mmol/L"): _GLUCOSE,
    ("laboratory-glucose", "mmol/L"): _GLUCOSE,
    ("ldl-cholesterol", "mmol/L"): _CHOLESTEROL,
    ("non-hdl-cholesterol", "mmol/L"): _CHOLESTEROL,
    ("total-cholesterol", "mmol/L"): {"200": "5.2"},
    ("hdl-cholesterol", "mmol/L"): _HDL,
    ("triglycerides", "mmol/L"): _TRIGLYCERIDES,
    ("calcium", "mmol/L"): _CALCIUM,
    ("uacr", "mg/mmol"): {"30": "3", "300": "30"},
}


KNOWN = tuple(_TWINS)


def beside_limits(key: str, entered: Decimal, unit: str, canonical: Decimal) -> Decimal:
    """The value to compare with published limits, in the canonical unit.

    `entered` in `unit` is `canonical` by conversion. It lies on the same side of each limit as
    `entered` does of the limit's twin; far from every limit it is `canonical` itself.
    """
    found = canonical
    for limit, twin in _TWINS.get((key, unit), {}).items():
        here = Decimal(limit)
        if entered == Decimal(twin):
            found = here
        elif entered > Decimal(twin):
            found = max(found, here + _HAIR)
        else:
            found = min(found, here - _HAIR)
    return found
