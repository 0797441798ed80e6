"""Coming back by the link that two checks have earned, with the code that staff have said."""

from __future__ import annotations

import hmac
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.accounts import rules
from app.accounts.models import (
    Authenticator,
    KnownDevice,
    Passkey,
    Person,
    RecoveryCode,
    Regaining,
    SignIn,
)
from app.accounts.operations import failures
from app.accounts.operations.notices import tell
from app.accounts.operations.passwords import hash_of
from app.accounts.operations.regaining import end as end_request
from app.accounts.operations.sessions import AUTHENTICATOR, end, open_session
from app.accounts.queries import regaining as seen
from app.accounts.queries.regaining import RegainView
from app.accounts.rules import Happening
from app.accounts.rules import regaining as steps
from app.accounts.rules.regaining import RegainStep
from app.kernel import audit, clock, db
from app.kernel.actor import Stage
from app.kernel.crypto import normal
from app.kernel.limits import Limit
from app.kernel.refusal import Refusal

REGAINED = audit.tag("accounts.regained", "person")
WRONG_SPOKEN = audit.tag("accounts.regaining_failed", "regaining")

OPENINGS = Limit("regaining-link", ((20, steps.LINK_LASTS),))
USED = _l("This link was used already, or has run out. Please call your clinic.")
WRONG_CODE = _l("That is not the code that your clinic told you. Please look at it again.")
# What a person has to sign in with; none of it outlives a return.
Factor = type[Authenticator] | type[RecoveryCode] | type[Passkey] | type[KnownDevice]
FACTORS: tuple[Factor, ...] = (Authenticator, RecoveryCode, Passkey, KnownDevice)


def come_back(one: RegainView, typed: str, password: str, address: str, device: str) -> str:
    """Begin anew with a password of one's own; answers the token of a session half-way in.

    What the person had to sign in with is void from then on, and every session ends. The session
    that begins opens nothing but the connecting of a new second factor. Raises TooMany, or
    Refusal on field `code` or `password`.
    """
    if problem := rules.password_problem(password, (one.email, one.name)):
        raise Refusal(_l(problem), "password")
    OPENINGS.take(rules.network_of(address))
    _judge(one.id, typed)
    hashed = hash_of(password)
    with db.writing() as session:
        row = session.get_one(Regaining, one.id, with_for_update=True, populate_existing=True)
        if not seen.works(row):
            raise Refusal(USED)
        end_request(row, RegainStep.FINISH)
        return _start_over(session, row.person_id, hashed, device)


def _judge(number: UUID, typed: str) -> None:
    """Count a try at the spoken code before it is looked at; raises Refusal when it is wrong."""
    with db.writing(claims=False) as session:
        fair = (Regaining.id == number, Regaining.tries < steps.MOST_TRIES)
        live = (Regaining.link_mac.is_not(None), Regaining.ended_at.is_(None))
        counted = session.execute(
            update(Regaining)
            .where(*fair, *live)
            .values(tries=Regaining.tries + 1)
            .execution_options(synchronize_session=False)
        )
        if db.rows_changed(counted) == 0:
            raise Refusal(USED)
        row = session.get_one(Regaining, number, populate_existing=True)
        said, known = steps.plain_spoken_code(typed), seen.code_of(row)
        right = hmac.compare_digest(said.encode(), known.encode())
        if right:
            row.tries -= 1
        else:
            audit.record(WRONG_SPOKEN, entity_id=number)
    if not right:
        raise Refusal(WRONG_CODE, "code")


def _start_over(session: Session, person_id: UUID, hashed: str, device: str) -> str:
    person = session.get_one(Person, person_id)
    person.password_hash, person.password_lent = hashed, False
    person.limited_until = clock.now() + steps.LIMITED_FOR
    for table in FACTORS:
        session.execute(delete(table).where(table.person_id == person_id))
    failures.forget_all(failures.PASSWORD, normal(person.email))
    failures.forget_all(AUTHENTICATOR, person_id.hex)
    end(session, SignIn.person_id == person_id)
    audit.record(REGAINED, entity_id=person_id)
    tell(person_id, Happening.REGAINED, device)
    return open_session(person_id, Stage.PASSWORD, device)
