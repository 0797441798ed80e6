"""What the letters of the guidelines mean, and which weighs more when lines are ordered.

USPSTF grades: A and B offer, C selectively, D discourage, I insufficient. ACC/AHA: class of
recommendation 1, 2a, 2b, 3. ADA letters are strength of evidence. KDIGO: 1 or 2 for
strength, A to D for certainty; practice points carry no grade.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.clinical.sentences import N_, Sentence

STRONG, MODERATE, WEAK = 0, 1, 2

_GRADES: Mapping[str, tuple[int, str]] = {
    "safety": (STRONG, N_("For your safety")),
    "-": (STRONG, N_("The step that follows from the result")),
    "COR 1": (STRONG, N_("Strong recommendation (class 1)")),
    "COR 3 harm": (STRONG, N_("Strong warning (class 3, harm)")),
    "COR 1/2a": (MODERATE, N_("Strong to moderate recommendation (class 1 or 2a)")),
    "COR 2a/2b": (WEAK, N_("Moderate to weak recommendation (class 2a or 2b)")),
    "A": (STRONG, N_("Strong recommendation (A)")),
    "A/B": (STRONG, N_("Good evidence (A and B)")),
    "A (programme), A/B (metformin)": (STRONG, N_("Good evidence (A for the programme)")),
    "B": (MODERATE, N_("Recommended (B)")),
    "ADA B": (MODERATE, N_("Fair evidence (B)")),
    "B/E": (MODERATE, N_("Fair evidence and expert opinion (B and E)")),
    "C": (WEAK, N_("For some people (C)")),
    "D": (MODERATE, N_("Advised against (D)")),
    "I": (WEAK, N_("Not enough evidence (I)")),
    "1A": (STRONG, N_("Strong recommendation, high certainty (1A)")),
    "1B": (STRONG, N_("Strong recommendation, moderate certainty (1B)")),
    "2C": (WEAK, N_("Weak recommendation, low certainty (2C)")),
    "1B (A3) / 2C (A2)": (MODERATE, N_("Strong or weak, by how much protein (1B or 2C)")),
    "1B/practice point": (MODERATE, N_("Strong recommendation and good practice (1B)")),
    "practice point": (MODERATE, N_("Good practice")),
    "guidance statement": (MODERATE, N_("Expert guidance")),
    "strong": (STRONG, N_("Strong recommendation")),
    "conditional": (WEAK, N_("Conditional recommendation")),
    "CPIC strong/moderate/optional": (MODERATE, N_("Graded by CPIC for each medicine")),
    "CPIC Strong": (STRONG, N_("Strong recommendation (CPIC)")),
    "CPIC Moderate": (MODERATE, N_("Moderate recommendation (CPIC)")),
    "CPIC Optional": (WEAK, N_("Optional (CPIC)")),
}

GRADES: Mapping[str, Sentence] = MappingProxyType(
    {grade: Sentence(said) for grade, (_rank, said) in _GRADES.items()}
)
RANKS: Mapping[str, int] = MappingProxyType(
    {grade: rank for grade, (rank, _said) in _GRADES.items()}
)
