"""LOINC codes, and which of them were confirmed in public sources.

LOINC is copyright Regenstrief Institute and free to use under loinc.org/license.
"""

from __future__ import annotations

from dataclasses import dataclass

CONFIRMED = frozenset(
    {
        *("8867-4", "8480-6", "8462-4", "85354-9", "8310-5", "9279-1", "8302-2", "29463-7"),
        *("39156-5", "59408-5", "2708-6", "33452-4", "80382-5", "29771-3", "93832-4"),
        *("46418-0", "41653-7", "41604-0", "97506-0", "97507-8", "105273-7", "104642-4"),
        *("97097-0", "41950-7", "55423-8", "34714-6", "6301-6", "20150-9", "19926-5"),
        "19868-9",
    }
)
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
    def source(self) -> str:
        """How we know the code."""
        return IN_PUBLIC if self.verified else FROM_MEMORY
