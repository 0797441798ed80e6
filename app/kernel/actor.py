"""Who is acting: a person, their role, and how far they have proved who they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from uuid import UUID

from flask import g
from flask_babel import lazy_gettext as _l
from flask_login import AnonymousUserMixin, UserMixin, current_user


class Role(StrEnum):
    """What a person does in the clinic; one role each.

    A carer acts for patients who gave them powers; a guest is here for one visit alone.
    """

    PATIENT = "patient"
    CLINICIAN = "clinician"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"
    CARER = "carer"
    GUEST = "guest"


class Power(StrEnum):
    """What a patient lets a carer do for them."""

    RESULTS = "results"
    ENTRIES = "entries"
    MESSAGES = "messages"
    VISITS = "visits"
    # What a laboratory found in the genes is opened by nothing else.
    GENES = "genes"


ROLE_LABELS = {
    Role.PATIENT: _l("Patient"),
    Role.CLINICIAN: _l("Clinician"),
    Role.COORDINATOR: _l("Care coordinator"),
    Role.ADMINISTRATOR: _l("Administrator"),
    Role.CARER: _l("Carer"),
    Role.GUEST: _l("Guest"),
}
# Those who look after patients, as members of their care teams.
TEAM = (Role.CLINICIAN, Role.COORDINATOR)
STAFF = (*TEAM, Role.ADMINISTRATOR)
# Those with an account of their own.
MEMBERS = (Role.PATIENT, *STAFF, Role.CARER)
# Those who act on a patient's record as the patient does, the second within their powers.
HOLDERS = (Role.PATIENT, Role.CARER)


# How long a second factor vouches for whoever sits there before a weighty act.
FRESH_FOR = timedelta(minutes=10)


class Stage(IntEnum):
    """How far sign-in has come. Nothing personal opens below FULL."""

    ANYONE = 0
    PASSWORD = 1
    FULL = 2


@dataclass(frozen=True, slots=True)
class Actor(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """The person behind a request, a socket event or a test; never a job (see SYSTEM_NAME)."""

    person_id: UUID
    session_id: UUID
    role: Role
    name: str
    zone: str
    language: str
    stage: Stage
    # Until when weighty things wait, after staff let this person in again without any factor.
    limited_until: datetime | None = None
    # When this session last proved a second factor, and when a recovery code stood in for one.
    factor_at: datetime | None = None
    recovered_at: datetime | None = None
    # Whom a carer has chosen to look after in this session, among those who let them.
    caring_for: UUID | None = None
    # An administrator who answers for privacy as well.
    officer: bool = False

    def is_fresh(self, moment: datetime, *, recovery: bool = False) -> bool:
        """Whether a second factor was given a few minutes ago; with `recovery`, or its stand-in."""
        proofs = (self.factor_at, self.recovered_at if recovery else None)
        return any(one is not None and moment - one <= FRESH_FOR for one in proofs)

    def is_limited(self, moment: datetime) -> bool:
        """Whether this person came back without any factor only days ago."""
        return self.limited_until is not None and moment < self.limited_until

    def get_id(self) -> str:
        """Flask-Login's name for the person; sessions are ours, so it only labels."""
        return self.person_id.hex

    @property
    def initials(self) -> str:
        """Two letters for the round badge."""
        return initials(self.name)

    def is_any(self, *roles: Role) -> bool:
        """Whether the person has one of these roles."""
        return self.role in roles


def initials(name: str) -> str:
    """Two letters for a round badge; titles do not count."""
    words = [word for word in name.split() if not word.endswith(".") and word != "Dr"]
    return "".join(str(word)[:1] for word in [*words[:1], *words[1:][-1:]]).upper()


def current() -> Actor | None:
    """The actor of this request or socket event; None when nobody has begun to sign in."""
    # Flask-Login keeps whom it loaded here; asking there first spares its proxies' detours.
    here = g._get_current_object()
    found = here.get("_login_user") or current_user._get_current_object()
    return found if isinstance(found, Actor) else None


def is_settled() -> bool:
    """Whether this request or event has found out who is here."""
    return "_login_user" in g


def nobody() -> None:
    """Take nobody to be here from now on: an error page must come even without a database."""
    setattr(g, "_login_user", AnonymousUserMixin())  # noqa: B010  # Flask-Login's own place


def required() -> Actor:
    """The actor where a door has already made sure that there is one."""
    found = current()
    if found is None:
        raise LookupError("no actor: this code runs only behind a door")
    return found
