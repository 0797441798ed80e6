"""What a clinician can do with a line, as one table: the review shows it, operations ask it.

A decided line has no plain "accept": a decision is undone only by a choice that names what it
takes away.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.plans.rules.lines import Audience, Decision


class Choice(StrEnum):
    """What can be chosen for one line."""

    ACCEPT = "accept"
    EDIT = "edit"
    REJECT = "reject"
    RESTORE = "restore"
    TAKE_BACK = "take-back"


CHOICES: dict[tuple[Decision, Choice], Decision] = {
    (Decision.UNDECIDED, Choice.ACCEPT): Decision.ACCEPTED,
    (Decision.UNDECIDED, Choice.EDIT): Decision.EDITED,
    (Decision.UNDECIDED, Choice.REJECT): Decision.REJECTED,
    (Decision.UNDECIDED, Choice.RESTORE): Decision.ACCEPTED,
    (Decision.ACCEPTED, Choice.EDIT): Decision.EDITED,
    (Decision.ACCEPTED, Choice.REJECT): Decision.REJECTED,
    (Decision.EDITED, Choice.EDIT): Decision.EDITED,
    (Decision.EDITED, Choice.REJECT): Decision.REJECTED,
    (Decision.EDITED, Choice.RESTORE): Decision.ACCEPTED,
    (Decision.REJECTED, Choice.EDIT): Decision.EDITED,
    (Decision.REJECTED, Choice.REJECT): Decision.REJECTED,
    (Decision.REJECTED, Choice.TAKE_BACK): Decision.ACCEPTED,
}
# Choices that keep the words on the page; a clinician's words then stay a clinician's.
AS_IT_READS = frozenset({Choice.ACCEPT, Choice.TAKE_BACK})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a line stands: what was decided, and whose words there are."""

    decision: Decision
    audience: Audience
    from_rule: bool
    worded: bool

    def after(self, choice: Choice) -> Decision | None:
        """The decision that a choice leads to, or None where it cannot be made."""
        following = CHOICES.get((self.decision, choice))
        if following is not Decision.ACCEPTED:
            return following
        if choice in AS_IT_READS and self.worded:
            return Decision.EDITED
        if choice is Choice.RESTORE and not self.worded:
            return None  # The rule's words stand there already.
        # A line in a guideline's terms, or one without a rule, needs a clinician's words.
        fit = self.from_rule and self.audience is Audience.PATIENT
        return Decision.ACCEPTED if fit else None

    def can(self, choice: str) -> bool:
        """Whether the choice can be made; pages call it by its name."""
        return self.after(Choice(choice)) is not None
