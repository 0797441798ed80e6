"""The forms of reviewing and signing a plan."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField
from wtforms.validators import Optional

from app.plans.rules.lines import Words as PlanWords
from app.web.fields import LONGEST_LINE, Blank, Day, LongWords, Needed, PortalForm, Words, at_most

LONGEST_WORDS = 2_000
DIGITS = 9  # A row version of more digits is nonsense.


class VersionedForm(PortalForm):
    """A form that knows which version of the record it was opened with."""

    version = HiddenField()

    @property
    def seen(self) -> int:
        """That version; nonsense is a version that never was."""
        text = self.version.data or ""
        return int(text) if text.isdecimal() and len(text) <= DIGITS else -1


class StepForm(VersionedForm):
    """One button that moves a plan on."""

    step = HiddenField()


class LineForm(VersionedForm):
    """What the patient will read of one line."""

    action = Words(
        _l("What to do"),
        [
            Needed(_l("Please say what the patient should do.")),
            Blank(_l("Please say what the patient should do.")),
            at_most(LONGEST_LINE),
        ],
    )
    detail = LongWords(_l("How"), [Optional(), at_most(LONGEST_WORDS)])
    why = LongWords(
        _l("Why this, for this person"),
        [
            Needed(_l("Please say why this helps this person.")),
            Blank(_l("Please say why this helps this person.")),
            at_most(LONGEST_WORDS),
        ],
    )
    starts_on = Day(_l("From which day"), [Optional()])
    start = Words(_l("When, in words"), [Optional(), at_most(LONGEST_LINE)])
    change = LongWords(_l("What would change it"), [Optional(), at_most(LONGEST_WORDS)])

    def words(self) -> PlanWords:
        """What was typed, as the patient will read it."""
        return PlanWords(
            action=self.action.data or "",
            detail=self.detail.data or "",
            why=self.why.data or "",
            start=self.start.data or "",
            change=self.change.data or "",
        )


class OwnLineForm(LineForm):
    """A line of the clinician's own; nothing else says from when it holds."""

    starts_on = Day(_l("From which day"), [Needed(_l("Please say from which day."))])


class RejectForm(VersionedForm):
    """Why a line is left out; colleagues read it, the patient does not."""

    reason = LongWords(
        _l("Why not for this person?"),
        [
            Needed(_l("Please give the reason; the next review rests on it.")),
            Blank(_l("Please give the reason; the next review rests on it.")),
            at_most(LONGEST_WORDS),
        ],
    )


class ApproveForm(VersionedForm):
    """The signature: a fresh code of the clinician's authenticator."""

    code = Words(
        _l("Six-digit code"),
        [Needed(_l("Please enter the code that your authenticator app shows.")), at_most(20)],
    )
