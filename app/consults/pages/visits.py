"""The waiting room with its call, and the page that finishes a visit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from io import BufferedReader

from flask import abort, current_app, render_template, request, url_for
from werkzeug import Response
from werkzeug.wsgi import FileWrapper

from app.care import queries as care
from app.consults import queries, room
from app.consults.forms import DeleteForm, FinishForm
from app.consults.operations import closing, guests, nodes, turn
from app.consults.operations import recording as recordings
from app.consults.queries import VisitView, figures
from app.consults.queries import recording as seen_recordings
from app.consults.queries.recording import RecordingView
from app.consults.rules import Door
from app.kernel import actor as actors
from app.kernel import clock
from app.kernel.access import signed_in
from app.kernel.actor import Actor, Role
from app.web.asking import carried_out
from app.web.boards import CHART, TODAY, Step
from app.web.headers import allow_camera
from app.web.i18n import gettext as _
from app.web.shell import static

BOTH = (Role.PATIENT, Role.CLINICIAN)
# How fast a line is tells a file of some size; this one lies on every page's way anyway.
PROBE = "vendor/fonts/atkinson-hyperlegible-next-latin-wght.woff2"

# Bytes of a recording that are opened and sent in one go.
PIECE = 65_536
CHECK_BEFORE = timedelta(days=7)


@room.page("/visits/<uuid:appointment>", access=signed_in(*BOTH, appointment=queries.visit))
def waiting_room(appointment: VisitView) -> str:
    """Who is here, camera and microphone, and the call itself; what follows once it is over."""
    kept = seen_recordings.recordings(appointment)
    if appointment.door in {Door.FINISHED, Door.OVER}:
        shown = {"visit": appointment, "recordings": kept, "line": figures.line(appointment)}
        return render_template("consults/finished.html", **shown, **_phone())
    return drawn(actors.required(), appointment, kept)


def drawn(actor: Actor, visit: VisitView, kept: list[RecordingView]) -> str:
    """The waiting room and the call, for this one of the visit's people."""
    allow_camera()
    return render_template(
        "consults/waiting_room.html",
        data=_for_script(actor, visit),
        steps=_open_steps(actor, visit),
        visit=visit,
        recordings=kept,
        form=FinishForm(),
        **_phone(),
    )


@room.page(
    "/visits/<uuid:appointment>/finish",
    access=signed_in(Role.CLINICIAN, writes=True, appointment=queries.visit_of_clinician),
    methods=("GET", "POST"),
)
def finish(appointment: VisitView) -> str | Response:
    """Ask once more, then finish the visit for both."""
    form, done = FinishForm(), _("The visit is finished. The patient has been told.")
    onward = url_for("consults.waiting_room", appointment=appointment.id)
    answer = carried_out(form, lambda: closing.finish(appointment), done, onward)
    return answer or render_template(
        "consults/finish.html", visit=appointment, form=form, has_errors=bool(form.errors)
    )


@room.page("/visits/check", access=signed_in(*BOTH))
def check() -> str:
    """See and hear oneself, and be told whether the visit will work, with a visit or without."""
    allow_camera()
    actor = actors.required()
    data = {"probe": static(PROBE)}
    return render_template(
        "consults/check.html", next_visit=queries.next_visit(actor), data=data, **_phone()
    )


@TODAY.offers(Role.PATIENT, Role.CLINICIAN)
def somebody_waits(actor: Actor) -> Iterator[Step]:
    """The other has the room open: the thing to do now."""
    for one in queries.waiting_for(actor):
        yield Step(
            _("%(name)s is waiting for you", name=one.other_name),
            _("Your video visit can begin."),
            url_for("consults.waiting_room", appointment=one.id),
            _("Go to the visit"),
            turn=True,
            at=one.appointment.starts_at,
            order=1,
        )


@TODAY.offers(Role.PATIENT)
def try_it_out(actor: Actor) -> Iterator[Step]:
    """A visit is near: whether it will work is better known before."""
    ahead = queries.next_visit(actor)
    if ahead is not None and ahead.appointment.starts_at - clock.now() < CHECK_BEFORE:
        yield Step(
            _("Will your video visit work?"),
            _("See and hear yourself for half a minute, and get a plain answer."),
            url_for("consults.check"),
            _("Check now"),
            order=45,
        )


def _phone() -> dict[str, str]:
    return {"phone": current_app.extensions["settings"].clinic_phone}


def _for_script(actor: Actor, visit: VisitView) -> dict[str, object]:
    until = (visit.opens_at - clock.now()).total_seconds()
    return {
        "appointment": str(visit.id),
        "seat": visit.seat,
        "visit": visit.state.value,
        "door": visit.door.value,
        "opensIn": max(0, round(until * 1000)) if visit.door is Door.EARLY else 0,
        # In a crash of two offers the clinician's page stays.
        "polite": actor.role is not Role.CLINICIAN,
        "iceServers": turn.servers(actor),
        "relay": bool(nodes.names()),
        "guests": actor.role is not Role.GUEST and guests.are_offered(),
        "recording": _recording_for_script(actor, visit),
        "sealedOnly": current_app.extensions["settings"].sealed_calls_only,
    }


def _open_steps(actor: Actor, visit: VisitView) -> list[Step]:
    """What is open in the patient's chart, for the clinician's side of the picture."""
    if actor.role is not Role.CLINICIAN:
        return []
    patient = care.patient(actor, visit.appointment.patient_id)
    return CHART.gather(actor, patient)[0] if patient else []


def _recording_for_script(actor: Actor, visit: VisitView) -> dict[str, object]:
    return {
        "may": recordings.may_record() and actor.role is Role.CLINICIAN,
        "told": seen_recordings.told_in(visit, actor.person_id),
    }


ONE_RECORDING = signed_in(*BOTH, recording=seen_recordings.recording)


@room.page("/recordings/<uuid:recording>", access=ONE_RECORDING)
def recording(recording: RecordingView) -> str:
    """Watch a recording, each person's picture beside the other's."""
    return render_template("consults/recording.html", recording=recording)


@room.page("/recordings/<uuid:recording>/film", access=ONE_RECORDING, goes_on=True)
def film(recording: RecordingView) -> Response:
    """The recording as a stream, opened piece by piece as it is sent; `?place=1` shows the second.

    Nothing of it is kept by the browser: this answer, like every one, says no-store.
    """
    place = request.args.get("place", 0, int)
    found = recordings.opened(recording, actors.required(), place)
    if found is None:
        abort(404)
    answer = Response(
        FileWrapper(BufferedReader(found, PIECE), PIECE),
        mimetype="video/webm",
        direct_passthrough=True,
    )
    answer.call_on_close(found.close)
    return answer.make_conditional(request, accept_ranges=True, complete_length=found.size)


@room.page(
    "/recordings/<uuid:recording>/delete",
    access=signed_in(Role.PATIENT, writes=True, recording=seen_recordings.recording_of_patient),
    methods=("GET", "POST"),
)
def delete_recording(recording: RecordingView) -> str | Response:
    """Ask once more, then destroy the recording."""
    form, done = DeleteForm(), _("The recording is deleted.")
    onward = url_for("consults.waiting_room", appointment=recording.visit.id)
    if answer := carried_out(form, lambda: recordings.delete(recording), done, onward):
        return answer
    shown = {"recording": recording, "form": form, "has_errors": bool(form.errors)}
    return render_template("consults/delete_recording.html", **shown)
