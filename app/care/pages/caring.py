"""A carer sees for whom they act, chooses one, and may stop."""

from __future__ import annotations

from flask import Flask, flash, redirect, render_template, url_for
from flask_babel import lazy_gettext as _l
from werkzeug import Response

from app.accounts.operations import joining
from app.care import room
from app.care.forms.invitations import SureForm
from app.care.operations import proxies as operations
from app.care.queries import proxies as queries
from app.care.queries.proxies import CaredFor
from app.care.rules.proxies import Ending
from app.kernel import actor as actors
from app.kernel.access import holds, signed_in
from app.kernel.actor import Power, Role
from app.kernel.refusal import Refusal
from app.web.i18n import gettext as _

Answer = str | Response
OWN = signed_in(Role.CARER, writes=True, cared=queries.cared)
MAY = {
    Power.RESULTS: _l("see their results and their plan"),
    Power.ENTRIES: _l("answer questions and enter results for them"),
    Power.MESSAGES: _l("read and write messages for them"),
    Power.VISITS: _l("see their visits, and call one off"),
    Power.GENES: _l("see the results of their gene tests"),
}


@room.at_opening
def tell_of_carers(app: Flask) -> None:
    """Doors ask here what a carer may do; every page of theirs says for whom they act."""
    app.extensions.update(powers=queries.powers, acts_for=queries.patient_of)
    app.jinja_env.globals.update(caring_for=queries.here, may_act=_may_act)


def _may_act(power: str) -> bool:
    """Whether whoever looks may do this here; only carers can lack a power."""
    actor = actors.current()
    return actor is not None and holds(actor, Power(power))


@room.page("/caring", access=signed_in(Role.CARER))
def caring() -> str:
    """Everybody for whom this carer may act."""
    found = queries.cared_for(actors.required())
    return render_template("care/caring.html", people=found, may=MAY)


@room.page("/caring/<uuid:cared>/choose", access=OWN, methods=("POST",))
def choose_cared(cared: CaredFor) -> Response:
    """Look after this one from now on."""
    joining.look_after(actors.required(), cared.patient_id)
    flash(_("You are looking after %(name)s now.", name=cared.name), "good")
    return redirect(url_for("web.today"), 303)


@room.page("/caring/<uuid:cared>/stop", access=OWN, methods=("GET", "POST"))
def stop_caring(cared: CaredFor) -> Answer:
    """Ask once more, then give it up."""
    form = SureForm()
    if form.validate_on_submit():
        try:
            operations.end(cared.id, Ending.CARER)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return redirect(url_for("accounts.sign_in"), 303)
    return render_template("care/stop_caring.html", cared=cared, form=form)
