"""One conversation on a page, whoever reads it: shown, continued, and read on by its script."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Response, abort, current_app, jsonify, redirect, render_template, request, url_for
from werkzeug import Response as AnyResponse

from app.care import queries as care
from app.care.queries import PatientView
from app.kernel import actor as actors
from app.kernel import clock
from app.kernel.actor import ROLE_LABELS, Role
from app.kernel.refusal import Refusal
from app.messages import operations, queries, rules
from app.messages.forms import MessageForm
from app.messages.queries import MessageView, Stretch
from app.web import times
from app.web.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Place:
    """Where a conversation has its page: its endpoints, and the ids in their addresses."""

    patient: PatientView
    page: str
    since: str
    ids: dict[str, UUID]

    def url(self, **more: object) -> str:
        """The address of the page."""
        return url_for(self.page, **self.ids, **more)  # type: ignore[arg-type]  # query words

    def since_url(self) -> str:
        """Where its script reads on."""
        return url_for(self.since, **self.ids)  # type: ignore[arg-type]  # ids alone


def converse(place: Place, template: str) -> str | AnyResponse:
    """Show the conversation; take a new message."""
    form = MessageForm()
    if form.validate_on_submit():
        try:
            number = operations.send(actors.required(), place.patient.id, form.body.data or "")
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return redirect(place.url(_anchor=f"message-{number}"), 303)
    return _page(place, template, form)


def looked_at(patient: PatientView) -> str:
    """The conversation for somebody who takes no part in it: it does not count as read."""
    actor = actors.required()
    before = rules.cursor(request.args.get("before"))
    stretch = queries.latest(actor, patient.id, before=before)
    first = stretch.messages[0].id if stretch.older else None
    return render_template(
        "messages/read.html",
        patient=patient,
        messages=[_for_page(one, stretch.seen_up_to) for one in stretch.messages],
        older=url_for("messages.read_only", patient=patient.id, before=first) if first else None,
        newest=url_for("messages.read_only", patient=patient.id) if stretch.newer else None,
    )


def read_on(patient_id: UUID) -> Response:
    """What came after the number that the page's script has seen last."""
    actor = actors.required()
    after = rules.cursor(request.args.get("after"))
    if after is None:
        abort(400)
    stretch = queries.since(actor, patient_id, after)
    operations.mark_read(actor, patient_id, stretch.last)
    return jsonify(
        messages=[_for_script(one, stretch.seen_up_to) for one in stretch.messages],
        seen=stretch.seen_up_to,
        newer=stretch.newer,
        unread=queries.unread(actor),
    )


def answer_due(patient: PatientView, written: datetime) -> datetime:
    """When the team should have answered, by the clocks of its coordinator."""
    team = care.team_with(patient.id, Role.COORDINATOR) or care.team(patient.id)
    return rules.answer_due(written, team[0].zone if team else patient.zone)


def _page(place: Place, template: str, form: MessageForm) -> str:
    actor = actors.required()
    before = rules.cursor(request.args.get("before"))
    stretch = queries.latest(actor, place.patient.id, before=before)
    if before is None:
        operations.mark_read(actor, place.patient.id, stretch.last)
    return render_template(
        template,
        place=place,
        patient=place.patient,
        form=form,
        has_errors=bool(form.errors),
        stretch=stretch,
        messages=[_for_page(one, stretch.seen_up_to) for one in stretch.messages],
        older=_older(place, stretch),
        newest=place.url() if stretch.newer else None,
        due=answer_due(place.patient, clock.now()),
        read_by_somebody=bool(care.team(place.patient.id)),
        phone=current_app.extensions["settings"].clinic_phone,
    )


def _older(place: Place, stretch: Stretch) -> str | None:
    return place.url(before=stretch.messages[0].id) if stretch.older else None


def _for_page(one: MessageView, seen: int) -> dict[str, object]:
    return {
        "id": one.id,
        "author": one.author,
        "role": None if one.author_role is Role.PATIENT else ROLE_LABELS[one.author_role],
        "mine": one.mine,
        "text": one.text,
        "at": one.at,
        "state": _state(one, seen),
    }


def _state(one: MessageView, seen: int) -> str | None:
    if not one.mine:
        return None
    return str(_("Read") if one.id <= seen else _("Sent"))


def _for_script(one: MessageView, seen: int) -> dict[str, object]:
    shown = _for_page(one, seen)
    role = shown["role"]
    return {
        **shown,
        "role": str(role) if role else None,
        "at": one.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "when": times.when(one.at).striptags(),
    }
