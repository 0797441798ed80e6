"""The words of a question about a look, and of its answer; a yes or a no to a purpose."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField
from wtforms.validators import AnyOf, Optional

from app.web.fields import Blank, LongWords, Needed, PortalForm, at_most

LONGEST_CHARACTERS = 2000
DIGITS = 6  # An edition with a longer number never was.
YES, NO = "yes", "no"
NO_ANSWER = _l("Please write the answer.")


class AskForm(PortalForm):
    """What the patient wants to know; they may leave it at asking."""

    words = LongWords(_l("What would you like to know?"), [Optional(), at_most(LONGEST_CHARACTERS)])


class FindingForm(PortalForm):
    """What the privacy officer found out about an opening in an emergency."""

    answer = LongWords(
        _l("What you found out"),
        [Needed(NO_ANSWER), Blank(NO_ANSWER), at_most(LONGEST_CHARACTERS)],
    )


class AnswerForm(PortalForm):
    """What the privacy officer found out."""

    answer = LongWords(
        _l("Your answer to the patient"),
        [Needed(NO_ANSWER), Blank(NO_ANSWER), at_most(LONGEST_CHARACTERS)],
    )


class ConsentForm(PortalForm):
    """A yes or a no to one edition of a text, by one of two buttons."""

    version = HiddenField()
    answer = HiddenField(validators=[AnyOf((YES, NO), _l("Please press one of the buttons."))])

    @property
    def agreed(self) -> bool:
        """Whether it is a yes."""
        return bool(self.answer.data == YES)

    @property
    def seen(self) -> int:
        """The edition that was on the page; nonsense is one that never was."""
        text = self.version.data or ""
        return int(text) if text.isdecimal() and len(text) <= DIGITS else 0
