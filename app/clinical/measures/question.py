"""What is asked about an entry before it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.clinical.sentences import Sentence


@dataclass(frozen=True)
class Question:
    """One thing to ask before saving; `suggestion` is what the person may have meant."""

    kind: (
        str  # "unit", "decimal", "fraction", "feet", "metres", "tens", "swapped", "unusual", "jump"
    )
    field: str
    sentence: Sentence
    suggestion: Mapping[str, Decimal] | None = None
    suggested_unit: str | None = None
