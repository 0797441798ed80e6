"""A patient enters readings, sees what they mean, and takes mistakes back."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug import Response

from app.care import queries as care
from app.care.queries import PatientView
from app.clinical import measures
from app.kernel import actor as actors
from app.kernel.access import signed_in
from app.kernel.actor import Power, Role
from app.kernel.refusal import Refusal
from app.results import operations, queries, room, rules
from app.results.forms import EmptyForm, EntryForm, entry_form
from app.results.pages.panels import Panel, panels
from app.results.queries import Reading
from app.web.boards import RESULTS
from app.web.i18n import gettext as _
from app.web.navigation import entry
from app.web.speech import say

OWN = signed_in(Role.PATIENT, carers=Power.RESULTS)
WRITES = signed_in(Role.PATIENT, writes=True, carers=Power.ENTRIES)
BOTH = ("GET", "POST")
Answer = str | Response

entry(
    Role.PATIENT,
    label=_l("Results"),
    endpoint="results.overview",
    icon="results",
    order=20,
    carers=Power.RESULTS,
)


def history_of(key: str) -> str:
    """The endpoint of all readings of a measure."""
    return f"results.history_{key.replace('-', '_')}"


def entry_of(key: str) -> str:
    """The endpoint where a reading of a measure is entered."""
    return f"results.enter_{key.replace('-', '_')}"


def _patient() -> PatientView:
    patient = care.own(actors.required())
    if patient is None:
        raise LookupError("a patient's account without a patient")
    return patient


@room.page("/results", access=OWN)
def overview() -> str:
    """Each home test with its chart, its meaning and the latest readings."""
    patient_id = _patient().id
    _steps, cards = RESULTS.gather(actors.required())
    return render_template(
        "results/overview.html",
        cards=cards,
        panels=panels(patient_id),
        waiting=queries.unattended(patient_id),
        history_of=history_of,
        entry_of=entry_of,
    )


def _history_page(key: str) -> Callable[[], str]:
    def page() -> str:
        number = rules.page_of(request.args.get("page", ""))
        readings, older = queries.page(_patient().id, key, number)
        return render_template(
            "results/history.html",
            panel=Panel(measures.get(key), readings),
            newer=url_for(history_of(key), page=number - 1) if number > 1 else None,
            older=url_for(history_of(key), page=number + 1) if older else None,
            entry_of=entry_of,
        )

    page.__name__ = history_of(key).partition(".")[2]
    page.__doc__ = f"Every reading of {key}, page by page."
    return page


def _entry_page(key: str) -> Callable[[], Answer]:
    def page() -> Answer:
        actor = actors.required()
        form = entry_form(actor, _patient().id, key)
        if form.validate_on_submit():
            try:
                number = operations.record(
                    actor, form.entry(), note=form.note.data or "", sure=form.sure_of()
                )
            except Refusal as refusal:
                form.refuse(refusal)
            else:
                return _after(queries.own(actor, number))
        return _show(form)

    page.__name__ = entry_of(key).partition(".")[2]
    page.__doc__ = f"Enter one reading of {key}."
    return page


def _after(reading: Reading | None) -> Response:
    if reading is None:
        raise LookupError("a reading that was just written")
    flash(_("%(reading)s is saved.", reading=say(reading.spoken)), "good")
    if reading.alert:
        return redirect(url_for("results.what_now", reading=reading.id), 303)
    return redirect(url_for("results.overview"), 303)


def _show(form: EntryForm) -> str:
    return render_template(
        "results/enter.html", form=form, measure=form.measure, has_errors=bool(form.errors)
    )


for _key in rules.HOME_TESTS:
    room.page(f"/results/{_key}", access=OWN)(_history_page(_key))
    room.page(f"/results/{_key}/new", access=WRITES, methods=BOTH)(_entry_page(_key))


@room.page(
    "/results/<uuid:reading>/what-now",
    access=signed_in(Role.PATIENT, carers=Power.RESULTS, reading=queries.own),
)
def what_now(reading: Reading) -> str:
    """What to do at once about a dangerous reading, and who to call."""
    return render_template(
        "results/what_now.html",
        reading=reading,
        team=care.team(reading.patient_id),
        enter=url_for(entry_of(reading.measure.key)),
    )


@room.page(
    "/results/<uuid:reading>/mistake",
    access=signed_in(Role.PATIENT, writes=True, carers=Power.ENTRIES, reading=queries.own),
    methods=BOTH,
)
def mistake(reading: Reading) -> Answer:
    """Ask once, then take an own reading out of what counts."""
    form = EmptyForm()
    if form.validate_on_submit():
        operations.mark_as_mistake(actors.required(), reading.id)
        flash(_("That reading is marked as a mistake and no longer counts."), "good")
        return redirect(url_for(history_of(reading.measure.key)), 303)
    return render_template("results/mistake.html", reading=reading, history_of=history_of)
