"""The words of a question about a look, and of its answer."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional

from app.web.fields import Blank, LongWords, Needed, PortalForm, at_most

LONGEST_CHARACTERS = 2000
NO_ANSWER = _l("Please write the answer.")


class AskForm(PortalForm):
    """What the patient wants to know; they may leave it at asking."""

    words = LongWords(_l("What would you like to know?"), [Optional(), at_most(LONGEST_CHARACTERS)])


class AnswerForm(PortalForm):
    """What the privacy officer found out."""

    answer = LongWords(
        _l("Your answer to the patient"),
        [Needed(NO_ANSWER), Blank(NO_ANSWER), at_most(LONGEST_CHARACTERS)],
    )
