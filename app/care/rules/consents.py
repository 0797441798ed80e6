"""Pure rules of consent: its purposes, the editions of their texts, and what an answer counts for.

Each purpose is asked for apart from the others (FHIR R4 Consent, one resource for each purpose).
An answer names the edition of the text that the person had before them. A newer edition is asked
about anew; until that is answered the old consent counts, unless the edition is material.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Purpose(StrEnum):
    """What a patient may agree to (FHIR Consent.provision.purpose)."""

    CARE = "care"
    PROXY = "proxy"
    RECORDING = "recording"
    RESEARCH = "research"
    DRAFTING = "drafting"


class Decision(StrEnum):
    """What was said, as it is written down; nothing of it is ever changed or taken away."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Way(StrEnum):
    """How it came to be: with the registration, on the page that asks, or by the end of all."""

    REGISTERED = "registered"
    ASKED = "asked"
    ERASED = "erased"


# FHIR R4 Consent.status of the newest answer.
FHIR_STATUS = {
    Decision.GIVEN: "active",
    Decision.REFUSED: "rejected",
    Decision.WITHDRAWN: "inactive",
}


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of a purpose's text. A material one says of something new that it is done."""

    number: int
    since: date
    material: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody said, and about which edition."""

    decision: Decision
    version: int


FIRST = (Edition(1, date(2026, 11, 23)),)
# Care has no material edition: nobody may lose their care team over a text they have not read yet.
EDITIONS: dict[Purpose, tuple[Edition, ...]] = dict.fromkeys(Purpose, FIRST)
# What is asked without the patient looking for it; the rest is no until they say otherwise.
ASKED_UNCALLED = frozenset({Purpose.DRAFTING})
# Who acts for a patient decides neither about their own power nor about research.
NEVER_BY_PROXY = frozenset({Purpose.PROXY, Purpose.RESEARCH})


def current(purpose: Purpose) -> int:
    """The number of the edition that is asked about now."""
    return EDITIONS[purpose][-1].number


def stands(purpose: Purpose, answer: Answer | None) -> bool:
    """Whether the newest answer is a consent that counts today."""
    if answer is None or answer.decision is not Decision.GIVEN:
        return False
    return not any(one.material for one in EDITIONS[purpose] if one.number > answer.version)


def is_to_be_asked(purpose: Purpose, answer: Answer | None) -> bool:
    """Whether the patient is asked at their next sign-in. A no is not asked about again."""
    if answer is None:
        return purpose in ASKED_UNCALLED
    return answer.decision is Decision.GIVEN and answer.version < current(purpose)


def decision(before: Answer | None, *, agreed: bool, version: int) -> Decision | None:
    """What is to be written down; None where the newest answer says the same already."""
    given = before is not None and before.decision is Decision.GIVEN
    if agreed:
        return None if given and before and before.version == version else Decision.GIVEN
    if given:
        return Decision.WITHDRAWN
    return Decision.REFUSED if before is None else None


def may_be_decided(purpose: Purpose, *, by_proxy: bool) -> bool:
    """Whether somebody who acts for the patient, or the patient, may answer."""
    return not (by_proxy and purpose in NEVER_BY_PROXY)
