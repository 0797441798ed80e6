"""The form of a message."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.messages.operations import EMPTY
from app.messages.rules import LONGEST_CHARACTERS
from app.web.fields import Blank, LongWords, Needed, PortalForm, at_most


class MessageForm(PortalForm):
    """What the person wants to say."""

    body = LongWords(_l("Your message"), [Needed(EMPTY), Blank(EMPTY), at_most(LONGEST_CHARACTERS)])
