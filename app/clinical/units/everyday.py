"""The units of home tests and common laboratory results, at hand without any library.

Pages convert these on every request, so they are a table. A test compares each row with
what the whole of UCUM says of the same code.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Context, Decimal
from types import MappingProxyType

from app.clinical.units.unit import PRECISION, Dimensions, Unit

YARD_AND_POUND = "International yard and pound agreement 1959"
# UCUM 2.2 gives m[Hg] as 133.322 kPa; the conventional millimetre has more digits.
MERCURY = "NIST SP 811: a conventional millimetre of mercury is 133.322387415 Pa"

NUMBER: Dimensions = ()
MASS: Dimensions = (("g", 1),)
LENGTH: Dimensions = (("m", 1),)
TIME: Dimensions = (("s", 1),)
RATE: Dimensions = (("s", -1),)
TEMPERATURE: Dimensions = (("K", 1),)
PRESSURE: Dimensions = (("g", 1), ("m", -1), ("s", -2))
VOLUME: Dimensions = (("m", 3),)
FLOW: Dimensions = (("m", 3), ("s", -1))
MASS_IN_VOLUME: Dimensions = (("g", 1), ("m", -3))
MOLES_IN_VOLUME: Dimensions = (("m", -3), ("mol", 1))
MASS_PER_MOLE: Dimensions = (("g", 1), ("mol", -1))
COUNT_IN_VOLUME: Dimensions = (("m", -3),)
ENZYME: Dimensions = (("m", -3), ("mol", 1), ("s", -1))

EXACTLY = Context(prec=PRECISION)
A_MINUTE = EXACTLY.divide(Decimal(1), Decimal(60))
LITRE_A_MINUTE = EXACTLY.divide(Decimal("0.001"), Decimal(60))


def _table(*rows: Unit) -> Mapping[str, Unit]:
    return MappingProxyType({row.code: row for row in rows})


UNITS = _table(
    Unit("g", Decimal(1), MASS),
    Unit("kg", Decimal(1000), MASS),
    Unit("[lb_av]", Decimal("453.59237"), MASS, YARD_AND_POUND),
    Unit("[stone_av]", Decimal("6350.29318"), MASS, "14 [lb_av], UCUM 2.2"),
    Unit("m", Decimal(1), LENGTH),
    Unit("cm", Decimal("0.01"), LENGTH),
    Unit("[in_i]", Decimal("0.0254"), LENGTH, YARD_AND_POUND),
    Unit("[ft_i]", Decimal("0.3048"), LENGTH, YARD_AND_POUND),
    Unit("min", Decimal(60), TIME),
    Unit("h", Decimal(3600), TIME),
    Unit("/min", A_MINUTE, RATE),
    Unit("kPa", Decimal(1000000), PRESSURE),
    Unit("mm[Hg]", Decimal("133322.387415"), PRESSURE, MERCURY),
    Unit("Cel", Decimal(1), TEMPERATURE, offset=Decimal("273.15")),
    Unit("L", Decimal("0.001"), VOLUME),
    Unit("L/min", LITRE_A_MINUTE, FLOW),
    Unit("L/s", Decimal("0.001"), FLOW),
    Unit("%", Decimal("0.01"), NUMBER),
    Unit("mmol/mol", Decimal("0.001"), NUMBER),
    Unit("mg/g", Decimal("0.001"), NUMBER),
    Unit("mg/mmol", Decimal(1), MASS_PER_MOLE),
    Unit("g/L", Decimal(1000), MASS_IN_VOLUME),
    Unit("g/dL", Decimal(10000), MASS_IN_VOLUME),
    Unit("mg/dL", Decimal(10), MASS_IN_VOLUME),
    Unit("mg/L", Decimal(1), MASS_IN_VOLUME),
    Unit("ug/L", Decimal("0.001"), MASS_IN_VOLUME),
    Unit("ng/mL", Decimal("0.001"), MASS_IN_VOLUME),
    Unit("mmol/L", Decimal(1), MOLES_IN_VOLUME),
    Unit("umol/L", Decimal("0.001"), MOLES_IN_VOLUME),
    Unit("nmol/L", Decimal("0.000001"), MOLES_IN_VOLUME),
    Unit("10*9/L", Decimal(10) ** 12, COUNT_IN_VOLUME),
    Unit("10*3/uL", Decimal(10) ** 12, COUNT_IN_VOLUME),
    Unit("U/L", LITRE_A_MINUTE, ENZYME),
)
