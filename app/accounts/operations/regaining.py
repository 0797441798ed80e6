"""Getting back in after everything was lost: asked for, stopped by the owner, checked by two.

What a letter holds is never enough: the one stops, the other one needs a code that two members of
staff can say, and neither opens a session by itself.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import rules
from app.accounts.models import Person, RegainCheck, Regaining
from app.accounts.operations import letters
from app.accounts.operations.notices import tell
from app.accounts.queries import regaining as seen
from app.accounts.queries.regaining import RegainView
from app.accounts.rules import Happening
from app.accounts.rules import regaining as steps
from app.accounts.rules.regaining import CheckedBy, No, RegainState, RegainStep
from app.kernel import audit, clock, db, outbox
from app.kernel.actor import Actor, Role
from app.kernel.crypto import normal
from app.kernel.limits import Limit
from app.kernel.refusal import Refusal

ASKED = audit.tag("accounts.regaining_asked", "person")
STOPPED = audit.tag("accounts.regaining_stopped", "regaining", "by")
CHECKED = audit.tag("accounts.regaining_checked", "regaining", "way", "place")
LINKED = audit.tag("accounts.regaining_linked", "regaining", "links")
LAPSED = audit.tag("accounts.regaining_lapsed", "regaining")

WEEK = steps.LIMITED_FOR
ASKS = Limit("regaining", ((3, WEEK),))
ASKS_OF_NETWORK = Limit("regaining-network", ((20, WEEK / 7),))
ASK, LETTER = "accounts.regaining", "accounts.regaining_letter"
BY_LETTER, BY_OWNER, BY_STAFF = "letter", "owner", "staff"

PAST = _l("That was settled already. Please look at the list again.")
NOT_YET = _l("This can be settled once the link that was sent has run out.")
REFUSALS = {
    No.PAST: PAST,
    No.EARLY: _l("The three days in which the owner can stop it are not over yet."),
    No.SELF: _l("You cannot confirm who you are yourself. Please ask somebody else."),
    No.SAME: _l("You have confirmed this already. Somebody else must confirm it as well."),
}

SUBJECT = _l("Getting back into your Nearside account")
ASKED_WORDS = _l(
    "Hello %(name)s,\n\nsomebody asked to get back into your Nearside account without your password"
    " and your codes.\n\nWhen: %(when)s\n\nWas it you? Then there is nothing to do for three days."
    " After that, please come to your clinic or telephone%(phone)s, so that two people there can"
    " make sure that it is you.\n\nIf it was not you, stop it here. This link can do nothing"
    " else:\n%(origin)s/regain/%(token)s/stop\n\nYou can also sign in as you always do, and stop it"
    " there."
)
LINK_WORDS = _l(
    "Hello %(name)s,\n\ntwo people of your clinic have made sure that it is you who wants to get"
    " back into Nearside. With this link you choose a new password and connect your phone"
    " anew:\n%(origin)s/regain/%(token)s\n\nIt works for one day, and once. You also need the eight"
    " digits that your clinic told you; nobody else will ever ask you for them.\n\nIf you did not"
    " ask for this, call your clinic at once%(phone)s. You can also stop it"
    " here:\n%(origin)s/regain/%(stop)s/stop"
)


def ask(email: str, address: str) -> None:
    """Note that somebody typed this address; what it leads to is looked up from the queue.

    So an address that nobody has costs exactly as much time as one that somebody has. Raises
    TooMany.
    """
    account = normal(email[:254])
    ASKS_OF_NETWORK.take(rules.network_of(address))
    ASKS.take(account)
    with db.writing():
        outbox.put(ASK, {"index": Person.email.fingerprint(account)})


def begin(index: str) -> None:
    """Open a request for whoever has the address with this fingerprint, and tell them."""
    known = (Person.email_index == index, Person.active, Person.role != Role.GUEST)
    with db.writing(claims=False) as session:
        person = session.scalar(select(Person).where(*known).with_for_update())
        if person is not None and seen.live_of(person.id) is not None:
            return  # Asked again, or this work is done a second time.
        audit.record(ASKED, entity_id=person.id if person else None)
        if person is not None:
            row = Regaining(
                person_id=person.id,
                state=RegainState.OPEN,
                asked_at=clock.now(),
                links=0,
                tries=0,
            )
            row.stop_mac = seen.mac_of(seen.stop_token(row.id), seen.STOP)
            session.add(row)
            _write(row, Happening.REGAIN_ASKED)


def _write(row: Regaining, what: Happening) -> None:
    """A notice in the portal, and a letter with its link: in the transaction under way."""
    tell(row.person_id, what, by_mail=False)
    outbox.put(LETTER, {"regaining": str(row.id), "what": what.value, "links": row.links})


def send_letter(payload: dict[str, Any]) -> None:
    """Write the letter that a request calls for, unless it has gone on meanwhile."""
    number, links = UUID(payload["regaining"]), payload["links"]
    row = db.session().get(Regaining, number)
    if row is None or row.ended_at is not None or row.links != links:
        return
    stop = seen.stop_token(number)
    tokens = {"token": stop, "stop": stop}
    words, when = ASKED_WORDS, row.asked_at
    if payload["what"] == Happening.REGAIN_LINKED:
        words, when = LINK_WORDS, row.link_at or row.asked_at
        tokens["token"] = seen.link_token(number, links)
    name = db.session().get_one(Person, row.person_id).name
    key = f"{number.hex}-{links}"
    letters.write_to(row.person_id, SUBJECT, words, key, name=name, when=when, **tokens)


def stop(one: RegainView, by: str) -> None:
    """Stop a request for good, whoever may; raises Refusal when it has ended."""
    with db.writing() as session:
        row = _taken(session, one.id)
        end(row, RegainStep.STOP)
        audit.record(STOPPED, entity_id=row.id, by=by)
        tell(row.person_id, Happening.REGAIN_STOPPED)


def confirm(actor: Actor, one: RegainView, way: CheckedBy) -> None:
    """A member of staff made sure who it is; the second one has the link sent. Raises Refusal."""
    try:
        with db.writing() as session:
            row = _taken(session, one.id)
            place = _place(session, row, actor)
            session.add(
                RegainCheck(
                    regaining_id=row.id,
                    person_id=actor.person_id,
                    place=place,
                    way=way,
                    at=clock.now(),
                )
            )
            session.flush()
            audit.record(CHECKED, entity_id=row.id, way=way.value, place=place)
            tell(row.person_id, Happening.REGAIN_CHECKED)
            if place == steps.CHECKS:
                _link(row)
    except IntegrityError:
        raise Refusal(REFUSALS[No.SAME]) from None


def _place(session: Session, row: Regaining, actor: Actor) -> int:
    """Which of the two checks this one is; raises Refusal."""
    checks = select(RegainCheck.person_id).where(RegainCheck.regaining_id == row.id)
    before = session.scalars(checks).all()
    no = steps.why_not_check(
        row.state,
        row.asked_at,
        clock.now(),
        himself=row.person_id == actor.person_id,
        again=actor.person_id in before,
    )
    if no is not None:
        raise Refusal(REFUSALS[no])
    return len(before) + 1


def link_again(one: RegainView) -> None:
    """Send another link in place of one that ran out; who it is was made sure of already."""
    with db.writing() as session:
        row = _taken(session, one.id)
        if row.link_at is None or row.ended_at is not None:
            raise Refusal(PAST)
        if seen.works(row):
            raise Refusal(NOT_YET)
        _link(row)


def _link(row: Regaining) -> None:
    row.state = steps.STEPS[row.state, RegainStep.LINK]
    row.links, row.tries, row.link_at = row.links + 1, 0, clock.now()
    row.link_mac = seen.mac_of(seen.link_token(row.id, row.links), seen.LINK)
    audit.record(LINKED, entity_id=row.id, links=row.links)
    _write(row, Happening.REGAIN_LINKED)


def end(row: Regaining, step: RegainStep) -> None:
    """End a request by a step that ends it; raises Refusal where that cannot be taken any more."""
    state = steps.STEPS.get((row.state, step))
    if state is None:
        raise Refusal(PAST)
    row.state, row.link_mac, row.ended_at = state, None, clock.now()


def sweep() -> None:
    """Close what nobody finished in time."""
    old = (Regaining.ended_at.is_(None), Regaining.asked_at < clock.now() - steps.LAPSES_AFTER)
    with db.writing(claims=False) as session:
        for row in session.scalars(select(Regaining).where(*old).with_for_update()):
            end(row, RegainStep.LAPSE)
            audit.record(LAPSED, entity_id=row.id)
            tell(row.person_id, Happening.REGAIN_STOPPED)


def _taken(session: Session, number: UUID) -> Regaining:
    """The request, locked: of two who act at once, the second one sees what the first one did."""
    return session.get_one(Regaining, number, with_for_update=True, populate_existing=True)
