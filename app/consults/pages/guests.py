"""A third and a fourth person: who is invited, the link they come by, and their room."""

from __future__ import annotations

from collections.abc import Iterator

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug import Response

from app.accounts.pages import cookie
from app.accounts.queries.guests import guest_of
from app.consults import queries, room
from app.consults.forms import AnswerForm, ComeForm, InviteForm, RemoveForm
from app.consults.operations import guests as operations
from app.consults.pages import visits
from app.consults.queries import VisitView
from app.consults.queries import guests as seen
from app.consults.queries.guests import GuestView, Invitation
from app.consults.rules import Door
from app.consults.rules.guests import GuestStep, Worth
from app.kernel import actor as actors
from app.kernel.access import anyone, signed_in
from app.kernel.actor import Actor, Role, Stage
from app.kernel.refusal import Refusal
from app.web import times
from app.web.asking import carried_out
from app.web.boards import TODAY, Step
from app.web.errors import instead_of_signing_in
from app.web.i18n import gettext as _

BOTH = (Role.PATIENT, Role.CLINICIAN)
Answer = str | Response


@room.page(
    "/visits/<uuid:appointment>/guests",
    access=signed_in(*BOTH, writes=True, appointment=queries.visit),
    methods=("GET", "POST"),
)
def guests(appointment: VisitView) -> str:
    """Who else is invited, and a form to invite somebody by name."""
    form = InviteForm()
    if form.validate_on_submit():
        name = form.name.data or ""
        try:
            link = operations.invite(appointment, actors.required(), name)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            # Shown this once: what is kept of it opens nothing.
            address = _address(url_for("consults.guest_link", invitation=link))
            return render_template(
                "consults/invited.html", visit=appointment, name=name, link=address
            )
    shown = {"form": form, "guests": seen.guests(appointment), "offers": operations.are_offered()}
    return render_template("consults/guests.html", visit=appointment, **shown)


def _address(path: str) -> str:
    origin: str = current_app.extensions["settings"].origin
    return f"{origin}{path}"


def _list_of(guest: GuestView) -> str:
    return url_for("consults.guests", appointment=guest.visit.id)


@room.page(
    "/visits/guests/<uuid:guest>/answer",
    access=signed_in(Role.CLINICIAN, writes=True, guest=seen.guest_for_clinician),
    methods=("GET", "POST"),
)
def answer_guest(guest: GuestView) -> Answer:
    """The clinician's yes or no to somebody whom the patient asked for."""
    form = AnswerForm()
    if form.validate_on_submit():
        approved = form.answer.data == GuestStep.APPROVE.value
        try:
            operations.answer(guest, approved=approved)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            said = _("%(name)s may join.") if approved else _("%(name)s may not join.")
            flash(said % {"name": guest.name}, "good")
            return redirect(_list_of(guest), 303)
    return render_template("consults/answer_guest.html", guest=guest, form=form)


@room.page(
    "/visits/guests/<uuid:guest>/remove",
    access=signed_in(*BOTH, writes=True, guest=seen.guest),
    methods=("GET", "POST"),
)
def remove_guest(guest: GuestView) -> Answer:
    """Ask once more, then take somebody off the list, and out of the call."""
    form, done = RemoveForm(), _("%(name)s is off the list.", name=guest.name)
    answer = carried_out(form, lambda: operations.remove(guest), done, _list_of(guest))
    return answer or render_template("consults/remove_guest.html", guest=guest, form=form)


@TODAY.offers(Role.CLINICIAN)
def somebody_is_asked_for(actor: Actor) -> Iterator[Step]:
    """A patient would like to have somebody with them."""
    for one in seen.asked(actor):
        yield Step(
            _(
                "%(patient)s would like %(guest)s to join the visit",
                patient=one.visit.other_name,
                guest=one.name,
            ),
            times.when(one.visit.appointment.starts_at),
            url_for("consults.answer_guest", guest=one.id),
            _("Answer"),
            turn=True,
            at=one.visit.appointment.starts_at,
            order=2,
        )


@room.page(
    "/guests/<uuid:invitation>",
    access=anyone(
        reason="a guest has no account; the link that they were sent is what they come with",
        writes=True,
        invitation=seen.invitation,
    ),
    methods=("GET", "POST"),
)
def guest_link(invitation: Invitation) -> Answer:
    """Say who invites to what, and let in whoever comes first."""
    actor, form = actors.current(), ComeForm()
    into = url_for("consults.guest_room", appointment=invitation.appointment.id)
    if actor is not None and actor.person_id == invitation.person_id:
        return redirect(into, 303)
    member = _is_member(actor)
    if not member and invitation.worth is Worth.OPEN and form.validate_on_submit():
        try:
            token = operations.open_link(invitation, request.remote_addr or "unknown")
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return cookie.give(redirect(into, 303), token)
    shown = {"invitation": invitation, "form": form, "member": member}
    return render_template("consults/guest_link.html", **shown)


def _is_member(actor: Actor | None) -> bool:
    """Whether somebody has signed in here with an account, which a link must not end."""
    return actor is not None and actor.stage is Stage.FULL and actor.role is not Role.GUEST


@room.page(
    "/visits/<uuid:appointment>/guest",
    access=signed_in(Role.GUEST, appointment=queries.visit),
)
def guest_room(appointment: VisitView) -> str:
    """The waiting room and the call, and nothing else of the visit."""
    if appointment.door in {Door.FINISHED, Door.OVER}:
        return render_template("consults/guest_over.html", farewell=None)
    return visits.drawn(actors.required(), appointment, [])


@instead_of_signing_in
def farewell() -> str | None:
    """What a guest finds where the visit was, once their part in it is over: no sign-in page."""
    token = request.cookies.get(cookie.NAME)
    if request.endpoint != "consults.guest_room" or not token:
        return None
    person_id, visit = guest_of(token), (request.view_args or {})["appointment"]
    found = seen.farewell(person_id, visit) if person_id else None
    return render_template("consults/guest_over.html", farewell=found) if found else None
