"""Browsers that have signed a person in before. Their tries are counted apart from strangers'.

Without that, anybody who knows an e-mail address could keep its owner out by guessing.
"""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from sqlalchemy import delete, func, select

from app.accounts import queries
from app.accounts.models import KnownDevice, SignIn
from app.accounts.operations.notices import tell
from app.accounts.rules import Happening
from app.kernel import clock, db
from app.kernel.actor import Actor, Role, Stage

NOBODY = UUID(int=0)


def is_known(person_id: UUID | None, browser: str) -> bool:
    """Whether this browser's token belongs to one that has signed this person in."""
    # For nobody the same is asked of the database, so that it takes as long.
    whose = KnownDevice.person_id == (person_id or NOBODY)
    where = (whose, KnownDevice.token_hash == _hash(browser))
    return db.session().scalar(select(KnownDevice.id).where(*where)) is not None


def tries_of(actor: Actor) -> str:
    """Under which name the tries of this session are counted."""
    row = db.session().get(SignIn, actor.session_id)
    return name_of(actor.person_id.hex, known=row is not None and row.known)


def name_of(account: str, *, known: bool) -> str:
    """Under which name tries for an account are counted."""
    return f"{account}|known" if known else account


def source(browser: str, network: str) -> str:
    """Under which name tries are counted that name nobody: the network's, or a known browser's."""
    digest = _hash(browser)
    known = db.session().scalar(select(KnownDevice.id).where(KnownDevice.token_hash == digest))
    return f"browser|{digest}" if known else network


def forget_others(person_id: UUID, browser: str) -> None:
    """In the transaction under way: no other browser counts as one that signed this person in."""
    others = (KnownDevice.person_id == person_id, KnownDevice.token_hash != _hash(browser))
    db.session().execute(delete(KnownDevice).where(*others))


def remember(token: str, browser: str) -> bool:
    """A session was handed to a browser: know it from now on, if both factors were given.

    Answers whether it is known now. The person is told, unless it is their first one.
    """
    found = queries.session_of(token)
    if found is None or found[0].stage != Stage.FULL or found[1].role is Role.GUEST:
        return False
    one, person = found
    if is_known(person.id, browser):
        return True
    with db.writing(claims=False) as session:
        others = select(func.count()).where(KnownDevice.person_id == person.id)
        if session.scalar(others):
            tell(person.id, Happening.NEW_DEVICE, one.device)
        row = KnownDevice(person_id=person.id, token_hash=_hash(browser), created_at=clock.now())
        session.add(row)
    return True


def _hash(browser: str) -> str:
    return sha256(browser.encode()).hexdigest()
