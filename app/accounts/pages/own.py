"""A person's own account."""

from __future__ import annotations

from flask import render_template

from app.accounts import queries, room
from app.kernel import actor as actors
from app.kernel import clock
from app.kernel.access import signed_in


@room.page("/settings", access=signed_in())
def settings() -> str:
    """Who you are here, your time zone, and how you sign in."""
    actor = actors.required()
    left = queries.recovery_codes_left(actor.person_id)
    found = queries.passkeys(actor)
    until = actor.limited_until if actor.is_limited(clock.now()) else None
    return render_template(
        "accounts/settings.html", codes_left=left, passkeys=found, limited_until=until
    )
