"""The first page, and the answer to "are you there?"."""

from __future__ import annotations

from flask import render_template
from flask_babel import lazy_gettext as _l
from sqlalchemy import text
from werkzeug import Response

from app.kernel import actor as actors
from app.kernel import clock, db
from app.kernel.access import anyone, signed_in
from app.kernel.actor import MEMBERS
from app.web import room, times
from app.web.boards import TODAY
from app.web.i18n import gettext as _
from app.web.navigation import entry

# To whoever is still up after midnight it is not morning yet.
DAWN, NOON, EVENING = 5, 12, 18

entry(*MEMBERS, label=_l("Today"), endpoint="web.today", icon="today", order=10)


@room.page("/", access=signed_in())
def today() -> str:
    """What happened, what is next, and who looks after the person."""
    actor = actors.required()
    steps, cards = TODAY.gather(actor)
    return render_template(
        "web/today.html", steps=steps, cards=cards, greeting=_greeting(), now=clock.now()
    )


def _greeting() -> str:
    hour = times.local(clock.now()).hour
    if DAWN <= hour < NOON:
        return str(_("Good morning"))
    return str(_("Good afternoon") if NOON <= hour < EVENING else _("Good evening"))


@room.page("/health", access=anyone(reason="a supervisor must see that the portal lives"))
def health() -> Response:
    """Answers 200 while the database answers."""
    db.session().execute(text("SELECT 1"))
    return Response("ok\n", mimetype="text/plain")
