"""LOINC codes, and which of them were confirmed in public sources.

LOINC is copyright Regenstrief Institute and free to use under loinc.org/license.
"""

from __future__ import annotations

from dataclasses import dataclass

# The 30 that the catalogue of home measurements confirms.
CATALOGUED = frozenset(
    {
        *("8867-4", "8480-6", "8462-4", "85354-9", "8310-5", "9279-1", "8302-2", "29463-7"),
        *("39156-5", "59408-5", "2708-6", "33452-4", "80382-5", "29771-3", "93832-4"),
        *("46418-0", "41653-7", "41604-0", "97506-0", "97507-8", "105273-7", "104642-4"),
        *("97097-0", "41950-7", "55423-8", "34714-6", "6301-6", "20150-9", "19926-5"),
        "19868-9",
    }
)
# Each read with its name in public FHIR profiles and code lists: HL7 physical activity guide,
# gematik device data, the Taiwan health check, Swiss and French laboratory profiles, labunits.
READ_WITH_NAME = frozenset(
    {
        *("96608-5", "96609-3", "14743-9", "1521-4", "40443-4", "8280-0", "56086-2", "41982-0"),
        *("99504-3", "105272-9", "97510-2", "4548-4", "59261-8", "1558-6", "14771-0", "2345-7"),
        *("15074-8", "6873-4", "20448-7", "19935-6", "8601-7", "68516-4", "82290-8", "68515-6"),
        *("55411-3", "93831-6", "93830-8", "93829-0", "72514-3", "2514-8", "20454-5"),
        *("25428-4", "5794-3", "5799-2", "5802-4", "5803-2", "5811-5", "2335-8", "58453-2"),
        *("2106-3", "94558-4", "80383-3", "2093-3", "14647-2", "2085-9", "14646-4", "13457-7"),
        *("22748-8", "18262-6", "2089-1", "43396-1", "70204-3", "2571-8", "14927-8", "43583-4"),
        *("10835-7", "2160-0", "14682-9", "38483-4", "98979-8", "9318-7", "32294-1", "14959-1"),
        *("30000-4", "1754-1", "14957-5", "2161-8", "14683-7", "3094-0", "22664-7", "6299-2"),
        *("3084-1", "14933-6", "2823-3", "6298-4", "2951-2", "1920-8", "1742-6", "2324-2"),
        *("6768-6", "1975-2", "14631-6", "1751-7", "61151-7", "718-7", "59260-0", "777-3"),
        *("26515-7", "1988-5", "30522-7", "2276-4", "2498-4", "14798-3", "62292-8", "1989-3"),
        *("68438-1", "2132-9", "14685-2", "2284-8", "14732-2", "17861-6", "2000-8", "3016-3"),
        *("11580-8", "3024-7", "14920-3", "2986-8", "14913-8", "104816-4"),
    }
)
CONFIRMED = CATALOGUED | READ_WITH_NAME
IN_PUBLIC = "Confirmed in public sources"
FROM_MEMORY = "From working knowledge: check against a LOINC release"


@dataclass(frozen=True)
class Code:
    """One LOINC code."""

    loinc: str

    @property
    def verified(self) -> bool:
        """Whether the code was confirmed in public sources."""
        return self.loinc in CONFIRMED

    @property
    def well_formed(self) -> bool:
        """Whether the check digit is right: modulus 10, every second digit doubled (LOINC)."""
        digits, check = self.loinc.split("-")
        doubled = (int(each) * (2 - place % 2) for place, each in enumerate(reversed(digits)))
        return sum(sum(divmod(each, 10)) for each in doubled) % 10 == -int(check) % 10

    @property
    def source(self) -> str:
        """How we know the code."""
        return IN_PUBLIC if self.verified else FROM_MEMORY
