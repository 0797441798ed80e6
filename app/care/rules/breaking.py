"""Pure rules of opening a record from outside its care team."""

from __future__ import annotations

from datetime import timedelta

LASTS = timedelta(minutes=60)
REASON_MIN_CHARACTERS = 10
REASON_MAX_CHARACTERS = 500
# Of one clinician: who meets more emergencies in a day than this is helped by a person.
MOST_A_DAY = 5
# Names and birth dates of one clinician in an hour; a look-up is no way to leaf through patients.
MOST_TRIES_AN_HOUR = 20


def says_why(reason: str) -> bool:
    """Whether the reason is one that a patient can be told: some words, and not a novel."""
    return REASON_MIN_CHARACTERS <= len(reason.strip()) <= REASON_MAX_CHARACTERS
