"""Medicines by what they do, told from their generic names.

International names carry their class in their ending (WHO, The use of stems in the selection
of international nonproprietary names, 2018); the rest are listed.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """Medicines alike: by the ending of the name, or by the name."""

    endings: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()

    def holds(self, name: str) -> bool:
        """Whether any word of a name, as people write it, belongs to the group."""
        words = name.lower().replace("/", " ").replace("-", " ").split()
        return any(word in self.names or word.endswith(self.endings) for word in words)


RENIN = Group(("pril", "sartan"))
# Not to be taken while pregnant, by the blood pressure guideline.
HARMFUL_IN_PREGNANCY = Group(
    ("pril", "sartan", "renone"), frozenset({"spironolactone", "aliskiren", "atenolol"})
)
# What lowers the loss of potassium through the kidneys.
KEEPS_POTASSIUM = Group(
    ("pril", "sartan", "renone"),
    frozenset({"aliskiren", "amiloride", "spironolactone", "triamterene", "trimethoprim"}),
)
STATINS = Group(("vastatin",))
ASPIRIN = Group((), frozenset({"aspirin", "acetylsalicylic"}))
GLIFLOZINS = Group(("gliflozin",))
PRESSURE = Group(
    ("pril", "sartan", "dipine", "olol", "thiazide", "azosin", "renone"),
    frozenset(
        {
            "aliskiren", "amiloride", "carvedilol", "chlorthalidone", "chlortalidone", "clonidine",
            "diltiazem", "hydralazine", "indapamide", "labetalol", "methyldopa", "minoxidil",
            "moxonidine", "spironolactone", "triamterene", "verapamil",
        }
    ),
)  # fmt: skip
