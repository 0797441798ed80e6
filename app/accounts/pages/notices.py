"""What happened to a person's account, for them to read."""

from __future__ import annotations

from collections.abc import Iterator

from flask import redirect, render_template, url_for
from flask_babel import lazy_gettext as _l
from werkzeug import Response

from app.accounts import queries, room
from app.accounts.operations import notices
from app.accounts.queries import regaining
from app.accounts.rules import Happening
from app.accounts.rules.regaining import CheckedBy
from app.kernel import actor as actors
from app.kernel.access import signed_in
from app.kernel.actor import MEMBERS, Actor
from app.web.boards import TODAY, Step
from app.web.i18n import gettext as _

FIRST = 1
WAYS = {
    CheckedBy.IN_PERSON: _l("They saw you and your passport or identity card."),
    CheckedBy.VIDEO: _l("They saw you and your passport or identity card by video."),
    CheckedBy.VOICE: _l("They rang you and knew your voice."),
}


@TODAY.offers(*MEMBERS)
def unread_notices(actor: Actor) -> Iterator[Step]:
    """Something happened to the account that the person has not said they read."""
    unread = [
        one
        for one in queries.notices(actor)
        # One's own first sign-in on a new device is no surprise on that device: mail tells of it.
        if not one.read and one.what is not Happening.NEW_DEVICE
    ]
    if unread:
        yield Step(
            str(notices.WORDS[unread[0].what]),
            _("Was this not you? Then tell us at once."),
            url_for("accounts.own_notices"),
            _("Look at it"),
            turn=True,
            at=unread[0].at,
            order=FIRST,
        )


@room.page("/account/notices", access=signed_in())
def own_notices() -> str:
    """The latest happenings, newest first, until the person says that they have read them."""
    actor = actors.required()
    found, back = queries.notices(actor), regaining.own(actor)
    return render_template(
        "accounts/notices.html",
        happened=found,
        words=notices.WORDS,
        checks=back.checks if back else (),
        ways=WAYS,
    )


@room.page("/account/notices/read", access=signed_in(writes=True), methods=("POST",))
def read_notices() -> Response:
    """The person has read them."""
    notices.mark_read(actors.required())
    return redirect(url_for("accounts.own_notices"), 303)
