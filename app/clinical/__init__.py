"""Pure medicine: units, measures, questionnaires, guideline rules.

An island. It imports the standard library alone, reads no clock and knows no web page
and no database, so that every statement in it can be checked by a clinician with the
source in one hand and the test in the other. Import the part you need:

    from app.clinical import blood_pressure, guidelines, measures, numbers, questionnaires, units
"""

from __future__ import annotations

from app.clinical.errors import ClinicalInputError
from app.clinical.sentences import N_, Sentence

__all__ = ["N_", "ClinicalInputError", "Sentence"]
