"""Letters of invitation. The link is made when the letter is written, and kept nowhere."""

from __future__ import annotations

import secrets
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from app.accounts import queries as accounts
from app.accounts.operations import letters
from app.care.models.invitations import Invitation
from app.care.queries import invitations as seen
from app.care.rules import invitations as rules
from app.care.rules.invitations import InvitationState
from app.kernel import audit, clock, db, outbox
from app.kernel.actor import Role

INVITED = audit.tag("care.invited", "invitation", "serial")
MAIL = "care.invitation_mail"

SUBJECT = _l("Your invitation to Nearside")
# The page of a link lies above this room's verbs, so its address is written out.
PATIENTS_LETTER = _l(
    "Hello,\n\n%(inviter)s invites you to Nearside, where you can meet your care team by video,"
    " write to them and read your care plan.\n\nTo begin, open this page before %(until)s:\n\n"
    "%(origin)s/welcome/%(link)s\n\nIt asks for your date of birth, and then you choose a password"
    " of your own. Keep your phone at hand. The page works once.\n\n"
    "Did you not expect this letter? Then there is nothing to do. If you have questions, call your"
    " clinic%(phone)s.\n\nWe never ask for your password or your codes by e-mail or by telephone."
)
CARERS_LETTER = _l(
    "Hello,\n\n%(inviter)s asks you to act for them on Nearside, where they keep in touch with"
    " their care team.\n\nTo begin, open this page before %(until)s:\n\n"
    "%(origin)s/welcome/%(link)s\n\nIt asks for six digits, which %(inviter)s tells you, best by"
    " telephone. Then you choose a password of your own, or sign in if you have one here already."
    " Keep your phone at hand. The page works once.\n\n"
    "Did you not expect this letter? Then there is nothing to do.\n\n"
    "We never ask for your password or your codes by e-mail or by telephone."
)
KNOWN_LETTER = _l(
    "Hello,\n\n%(inviter)s invited you to Nearside. You have an account with this address already,"
    " or an invitation to one. Please sign in as you always do, or open the link in the letter"
    " that you have.\n\nIf neither works, or you do not know why you were invited again, call your"
    " clinic%(phone)s."
)
OTHERWISE_LETTER = _l(
    "Hello,\n\n%(inviter)s asks you to act for them on Nearside. You use this address there for"
    " yourself already, and one address cannot do both. Please ask %(inviter)s to invite you with"
    " another address of yours."
)


def send(row: Invitation) -> None:
    """Have a letter with a new link written once this is committed."""
    row.serial += 1
    row.state, row.tries = InvitationState.SENT, 0
    row.token_hash = row.sent_at = row.expires_at = row.opened_at = None
    db.session().flush()
    audit.record(INVITED, entity_id=row.id, patient_id=row.patient_id, serial=row.serial)
    outbox.put(MAIL, {"invitation": str(row.id), "serial": row.serial})


def write_letter(invitation_id: UUID, serial: int) -> None:
    """Make a link, and send it. Done a second time it sends another link, and only that works."""
    link = UUID(bytes=secrets.token_bytes(rules.LINK_BYTES))
    with db.writing(claims=False) as session:
        row = session.get(Invitation, invitation_id, with_for_update=True)
        if row is None or row.serial != serial or row.state not in rules.LIVE:
            return
        text, leads = _text(row)
        row.expires_at = until = clock.now() + rules.LASTS
        row.token_hash = seen.hash_of(link) if leads else None
    inviter = accounts.who(row.invited_by)
    letters.write_to(
        row.person_id,
        SUBJECT,
        text,
        f"{row.id.hex}-{serial}",
        inviter=inviter.name if inviter else "",
        link=link,
        until=until,
    )
    with db.writing(claims=False) as session:
        mine = (Invitation.id == invitation_id, Invitation.serial == serial)
        session.execute(update(Invitation).where(*mine).values(sent_at=clock.now()))


def _text(row: Invitation) -> tuple[object, bool]:
    """What to write, and whether the link in it leads anywhere."""
    if row.proxy_id is not None:
        who = accounts.who(row.person_id)
        carer = who is not None and who.role is Role.CARER
        return (CARERS_LETTER if carer else OTHERWISE_LETTER), carer
    return (PATIENTS_LETTER, True) if row.patient_id else (KNOWN_LETTER, False)
