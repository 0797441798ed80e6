"""What was seen and why, in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from babel.dates import format_date
from flask_babel import lazy_gettext as _l

from app.kernel.looks import BREAK_GLASS, CARE_TEAM, CARER, EXPORT, OWN, PRIVACY, Look
from app.records.queries import is_of_list
from app.web import i18n
from app.web.i18n import gettext as _

# Every kind of thing that a door loads or a room makes ready to be shown, in its order on the page.
KINDS = {
    "patient": _l("your overview"),
    "report": _l("what was found in your genes"),
    "reports": _l("that there are gene tests of you"),
    "plan": _l("your plan"),
    "line": _l("your plan"),
    "reading": _l("your home readings"),
    "urgent": _l("your home readings"),
    "answered": _l("your answers to the questions"),
    "message": _l("your messages"),
    "appointment": _l("your visits"),
    "consent": _l("what you agree to"),
    "recording": _l("a recording of your visit"),
    "guest": _l("who was invited to your visit"),
    "invitation": _l("who was invited to your visit"),
    "invited": _l("your invitation to the portal"),
    "welcome": _l("your invitation to the portal"),
    "asked": _l("your request to be let in again"),
    "carer": _l("who may act for you"),
    "cared": _l("that they may act for you"),
    "question": _l("your questions about who saw your record"),
    "look": _l("who has seen your record"),
    "team": _l("who looks after you"),
    "member": _l("who looks after you"),
    "opening": _l("who opened your record in an emergency"),
    "emergency": _l("who opened your record in an emergency"),
    "list": _l("your name in a list of patients"),
}
REASONS = {
    OWN: _l("It is your own record."),
    EXPORT: _l("A copy of your record was taken out of the portal as a file."),
    CARE_TEAM: _l("They belong to your care team."),
    PRIVACY: _l("They answer questions about privacy."),
    CARER: _l("You let them act for you."),
    BREAK_GLASS: _l("An emergency. They do not belong to your care team."),
    "guest": _l("They were invited to your visit."),
}


def what(kinds: Iterable[str], listed: Iterable[str] = ()) -> str:
    """The kinds in one phrase; a list names nobody's health and is left out beside more.

    Of those `listed`, a line in a list of things to do was seen and nothing else.
    """
    whole, lines = set(kinds) - {"list"}, set(listed) - set(kinds) - {"list"}
    if not lines:
        return _phrase(whole or {"list"} & {*kinds, *listed})
    line = str(_("a line about %(what)s in a list of things to do", what=_phrase(lines)))
    return str(_("%(first)s; and %(last)s", first=_phrase(whole), last=line)) if whole else line


def saw(look: Look) -> str:
    """The same of a single look."""
    return what((), look.kinds) if is_of_list(look) else what(look.kinds)


def _phrase(kinds: set[str]) -> str:
    words = list(dict.fromkeys(str(said) for kind, said in KINDS.items() if kind in kinds))
    *before, last = words or [str(_("your record"))]
    if not before:
        return last
    first = ", ".join(before)
    return str(_("%(first)s and %(last)s", first=first, last=last))


def why(reason: str) -> str:
    """Why they could."""
    return str(REASONS.get(reason, _l("They had a reason that the clinic has written down.")))


def mark(reason: str) -> tuple[str, str] | None:
    """The word that marks a line out, and its tone; most lines have none."""
    if reason == BREAK_GLASS:
        return str(_("Emergency")), "alarm"
    if reason == EXPORT:
        return str(_("Copy taken")), "turn"
    if reason == CARER:
        return str(_("Your carer")), "plain"
    return None


def month_name(first: date) -> str:
    """November 2026, in the reader's language."""
    return str(format_date(first, "LLLL yyyy", locale=i18n.locale_name()))
