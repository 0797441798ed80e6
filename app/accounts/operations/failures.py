"""Failures at signing in: they slow whoever guesses, and a hundred in a row close what they try.

Devices that have signed a person in before are counted apart from all others, so that whatever
strangers do, the owner goes on there (see `devices`). Nobody is kept out for more than an hour.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask_babel import lazy_gettext as _l

from app.accounts.operations.devices import name_of
from app.accounts.operations.notices import tell
from app.accounts.operations.sessions import AUTHENTICATOR, SIGN_IN_FAILED
from app.accounts.rules import Happening
from app.kernel import audit, db
from app.kernel.limits import Slowing, Streak
from app.kernel.refusal import Refusal

CLOSED = audit.tag("accounts.factor_closed", "person", "factor")

PASSWORD = "password"  # noqa: S105  # the name of a step
HOUR = timedelta(hours=1)
# Ten tries as Warehouse publishes them; then a minute, two, four, up to an hour.
PASSWORD_TRIES = Slowing(PASSWORD, 10, HOUR / 60, HOUR, 24 * HOUR)
STREAKS = {PASSWORD: Streak(PASSWORD, 100), AUTHENTICATOR: Streak(AUTHENTICATOR, 100)}
TELLING = {PASSWORD: Happening.PASSWORD_CLOSED, AUTHENTICATOR: Happening.CODES_CLOSED}
REFUSALS = {
    PASSWORD: _l(
        "There were a hundred wrong passwords in a row, so no password is taken here any more."
        " Please sign in on a device that you used before, or with a passkey, and choose a new"
        " password. Or ask to get back in, below."
    ),
    AUTHENTICATOR: _l(
        "There were a hundred wrong codes in a row, so no code is taken here any more. Please use"
        " one of your recovery codes or a passkey, and connect your phone anew."
    ),
}
FIELDS = {PASSWORD: "password", AUTHENTICATOR: "code"}


def count(step: str, tries: str) -> int:
    """Count one more try at a step under this name; answers how many in a row it makes.

    Raises Refusal where there were too many in a row before it.
    """
    in_a_row = STREAKS[step].take(tries)
    if in_a_row > STREAKS[step].most:
        raise Refusal(REFUSALS[step], FIELDS[step])
    return in_a_row


def note(person_id: UUID | None, step: str, in_a_row: int) -> None:
    """Write down that it failed; the hundredth in a row closes the step, and its owner is told."""
    with db.writing(claims=False):
        audit.record(SIGN_IN_FAILED, entity_id=person_id, step=step)
        if person_id is not None and in_a_row == STREAKS[step].most:
            audit.record(CLOSED, entity_id=person_id, factor=step)
            tell(person_id, TELLING[step])


def forget(step: str, tries: str) -> None:
    """A try was right: failures in a row under this name end with it."""
    STREAKS[step].forget(tries)
    if step == PASSWORD:
        PASSWORD_TRIES.forget(tries)


def forget_all(step: str, account: str) -> None:
    """What was guessed at is another one now: every failure at it is forgotten, on all devices.

    `account` is the address as people are looked up by it, or the id, as the step counts them.
    """
    for known in (False, True):
        forget(step, name_of(account, known=known))
