"""Medicines by what they do, told from the names of their substances.

International names carry their class in their ending (WHO, The use of stems in the selection
of international nonproprietary names, 2018); the rest are listed. `naming` finds the
substances in what people write.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.clinical.guidelines.naming import Names, stem

# A steroid whose name ends like that of a beta blocker.
MISLEADING = frozenset({"stanozolol"})


@dataclass(frozen=True)
class Group:
    """Medicines alike: by the ending of the name, without a last vowel, or by the name."""

    endings: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()

    def holds(self, substance: str) -> bool:
        """Whether a substance belongs to the group."""
        if substance in MISLEADING:
            return False
        return substance in self.names or stem(substance).endswith(self.endings)

    def among(self, names: Names) -> bool | None:
        """Whether one of the group is named; `None` where a name does not tell."""
        if any(self.holds(each) for each in names.substances):
            return True
        told = [{self.holds(each) for each in members} for members in names.classes]
        if {True} in told:
            return True
        return None if names.unknown or any(True in each for each in told) else False


RENIN = Group(("pril", "prilat", "sartan"))
# Not to be taken while pregnant, by the blood pressure guideline.
HARMFUL_IN_PREGNANCY = Group(
    ("pril", "prilat", "sartan", "renon"), frozenset({"spironolactone", "aliskiren", "atenolol"})
)
# What lowers the loss of potassium through the kidneys.
KEEPS_POTASSIUM = Group(
    ("pril", "prilat", "sartan", "renon"),
    frozenset({"aliskiren", "amiloride", "spironolactone", "triamterene", "trimethoprim"}),
)
STATINS = Group(("vastatin",))
ASPIRIN = Group((), frozenset({"aspirin"}))
GLIFLOZINS = Group(("gliflozin",))
PRESSURE = Group(
    ("pril", "prilat", "sartan", "dipin", "olol", "thiazid", "tiazid", "azosin", "renon"),
    frozenset(
        {
            "aliskiren", "amiloride", "carvedilol", "chlorthalidone", "clonidine",
            "diltiazem", "hydralazine", "indapamide", "labetalol", "methyldopa", "minoxidil",
            "moxonidine", "spironolactone", "triamterene", "verapamil",
        }
    ),
)  # fmt: skip
