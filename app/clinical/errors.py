"""Refusals with a name. Every one carries the sentence a person should read."""

from __future__ import annotations

from app.clinical.sentences import Sentence


class ClinicalInputError(ValueError):
    """Input this library refuses: never clamped, never guessed.

    `field` names the input, `sentence` says what is wrong and what is permitted, and
    `source` names where the permitted range comes from.
    """

    def __init__(self, field: str, sentence: Sentence, source: str = "") -> None:
        super().__init__(str(sentence))
        self.field = field
        self.sentence = sentence
        self.source = source


class UnreadableNumber(ClinicalInputError):
    """Text that is not one plain number."""


class UnitError(ClinicalInputError):
    """A unit that is unknown, or that cannot become the other one."""


class FormError(ValueError):
    """A questionnaire that cannot be used: every problem found, as (linkId, sentence)."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{link}: {text}" for link, text in problems))
        self.problems = problems
