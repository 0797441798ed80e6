"""Making sure who somebody is who lost everything: two members of staff, each for themselves."""

from __future__ import annotations

from collections.abc import Iterator

from flask import flash, redirect, render_template, url_for
from flask_babel import ngettext
from werkzeug import Response

from app.accounts.operations import regaining
from app.accounts.queries import regaining as accounts
from app.accounts.queries.regaining import RegainView
from app.accounts.rules.regaining import CheckedBy, RegainState
from app.care import room
from app.care.forms.regaining import CHECKED, CheckForm
from app.care.queries import regaining as queries
from app.kernel import actor as actors
from app.kernel import looks
from app.kernel.access import signed_in
from app.kernel.actor import Actor, Role
from app.kernel.refusal import Refusal
from app.web.boards import TODAY, Step
from app.web.i18n import gettext as _

CHECKERS = (Role.ADMINISTRATOR, Role.COORDINATOR)
ONE = signed_in(*CHECKERS, writes=True, fresh=True, asked=queries.one)


@room.page("/regaining", access=signed_in(*CHECKERS))
def waiting_to_regain() -> str:
    """Those who wait for somebody to make sure that it is them."""
    found = queries.waiting(actors.required())
    _note(found)
    return render_template("care/regaining.html", waiting=found)


@room.page("/regaining/<uuid:asked>", access=ONE, methods=("GET", "POST"))
def check_identity(asked: RegainView) -> str | Response:
    """Say how it was made sure that it is them."""
    form = CheckForm()
    if form.validate_on_submit():
        try:
            _confirm(asked, CheckedBy(form.way.data))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return redirect(url_for("care.check_identity", asked=asked.id), 303)
    _note([asked])
    return render_template("care/check_identity.html", form=form, **_shown(asked))


@room.page("/regaining/<uuid:asked>/stop", access=ONE, methods=("POST",))
def stop_somebody(asked: RegainView) -> Response:
    """It is somebody else: stop it."""
    regaining.stop(asked, regaining.BY_STAFF)
    flash(_("It is stopped. The owner of the account is told."), "good")
    return redirect(url_for("care.waiting_to_regain"), 303)


@room.page("/regaining/<uuid:asked>/link", access=ONE, methods=("POST",))
def link_again(asked: RegainView) -> Response:
    """Send another link, because the first one ran out."""
    regaining.link_again(asked)
    flash(_("Another link is on its way. Tell them the new digits."), "good")
    return redirect(url_for("care.check_identity", asked=asked.id), 303)


def _confirm(one: RegainView, way: CheckedBy) -> None:
    regaining.confirm(actors.required(), one, way)
    flash(_("That is written down, with your name."), "good")


def _shown(one: RegainView) -> dict[str, object]:
    """What the page shows; the digits only to the two who made sure."""
    actor = actors.required()
    return {
        "one": one,
        "ways": CHECKED,
        "mine": one.checked_by(actor.person_id),
        "linked": one.state is RegainState.LINKED,
        "code": accounts.code_for(actor, one.id),
    }


def _note(found: list[RegainView]) -> None:
    mine = queries.patients_among(actors.required())
    for one in found:
        if one.person_id in mine:
            looks.note(mine[one.person_id], "list")


@TODAY.offers(*CHECKERS)
def somebody_waits(actor: Actor) -> Iterator[Step]:
    """Somebody waits for this."""
    if count := len(queries.waiting(actor)):
        yield Step(
            str(
                ngettext(
                    "%(num)s person has lost everything and waits to be let in",
                    "%(num)s people have lost everything and wait to be let in",
                    count,
                )
            ),
            _("Please make sure who they are. Somebody else must do so as well."),
            url_for("care.waiting_to_regain"),
            _("Look into it"),
            turn=True,
            order=5,
        )
