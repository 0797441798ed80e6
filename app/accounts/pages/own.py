"""A person's own account."""

from __future__ import annotations

from collections.abc import Iterator

from flask import render_template, url_for

from app.accounts import queries, room
from app.accounts.queries import factors
from app.kernel import actor as actors
from app.kernel import clock
from app.kernel.access import signed_in
from app.kernel.actor import MEMBERS, Actor
from app.web.boards import TODAY, Step
from app.web.i18n import gettext as _

LATER = 90


@room.page("/settings", access=signed_in())
def settings() -> str:
    """Who you are here, your time zone, and how you sign in."""
    actor = actors.required()
    left = queries.recovery_codes_left(actor.person_id)
    found = queries.passkeys(actor)
    until = actor.limited_until if actor.is_limited(clock.now()) else None
    shown = {"passkeys": found, "coded": queries.is_enrolled(actor.person_id)}
    return render_template("accounts/settings.html", codes_left=left, limited_until=until, **shown)


@TODAY.offers(*MEMBERS)
def one_way_in(actor: Actor) -> Iterator[Step]:
    """Somebody began with a passkey, and has nothing beside it."""
    if factors.rests_on_one_passkey(actor.person_id):
        yield Step(
            _("Please connect an authenticator app as well"),
            _("You sign in with one passkey. If you lose its device, only recovery codes help."),
            url_for("accounts.start_replacement"),
            _("Connect an app"),
            order=LATER,
        )
