"""Refusals: a rule says no, and says why in a sentence a person can read."""

from __future__ import annotations


class Refusal(Exception):
    """An operation that must not happen now; nothing was written.

    `sentence` may be lazy (translated when shown); `field` names the form field it belongs to.
    """

    def __init__(self, sentence: object, field: str | None = None) -> None:
        super().__init__(str(field or "refused"))
        self.sentence = sentence
        self.field = field


class Stale(Refusal):
    """Somebody else saved the record since this person opened it."""


class TooMany(Refusal):
    """A limit was reached; `seconds` says how long to wait."""

    def __init__(self, sentence: object, seconds: int) -> None:
        super().__init__(sentence)
        self.seconds = seconds
