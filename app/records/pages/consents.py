"""A patient reads what they agree to, purpose by purpose, and decides anew whenever they like."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flask import flash, redirect, render_template, url_for
from werkzeug import Response

from app.care import queries as care
from app.care.operations import consents as operations
from app.care.queries import PatientView
from app.care.queries import consents as queries
from app.care.rules import consents as rules
from app.care.rules.consents import Decision, Purpose
from app.kernel import actor as actors
from app.kernel.access import signed_in
from app.kernel.actor import TEAM, Actor, Role
from app.kernel.refusal import Refusal
from app.records import room
from app.records.forms import ConsentForm
from app.records.pages.consent_words import DECISIONS, OFFERED, SHORT, TEXTS
from app.web.boards import CHART, TODAY, Card, Step
from app.web.i18n import gettext as _

Answer = str | Response
FIRST = 2


def page_of(purpose: Purpose) -> str:
    """The endpoint where a purpose is read and decided about."""
    return f"records.consent_to_{purpose.value}"


def _patient() -> PatientView:
    patient = care.own(actors.required())
    if patient is None:
        raise LookupError("a patient's account without a patient")
    return patient


@room.page("/record/consents", access=signed_in(Role.PATIENT))
def consents() -> str:
    """Each purpose and how it stands, and every answer there ever was."""
    patient_id = _patient().id
    said = queries.history(patient_id)
    return render_template(
        "records/consents.html",
        offered=OFFERED,
        newest={one.purpose: one for one in reversed(said)},
        asked=queries.to_be_asked(patient_id),
        history=said,
        texts=TEXTS,
        current=rules.current,
        decisions=DECISIONS,
        page_of=page_of,
        patient_id=patient_id,
        stands=" ".join(queries.agreed(patient_id)),
    )


def _page(purpose: Purpose) -> Callable[[], Answer]:
    def page() -> Answer:
        patient = _patient()
        form = ConsentForm(version=str(rules.current(purpose)))
        if form.validate_on_submit():
            try:
                said = _decide(patient, purpose, form)
            except Refusal as refusal:
                form.refuse(refusal)
            else:
                return _after(said)
        return _show(patient, purpose, form)

    page.__name__ = page_of(purpose).partition(".")[2]
    page.__doc__ = f"What is done for the purpose {purpose.value}, and a yes or a no to it."
    return page


def _decide(patient: PatientView, purpose: Purpose, form: ConsentForm) -> Decision | None:
    actor = actors.required()
    return operations.answer(actor, patient.id, purpose, agreed=form.agreed, version=form.seen)


def _after(said: Decision | None) -> Response:
    sentences = {
        Decision.GIVEN: _("You agree from now on."),
        Decision.REFUSED: _("You said no. Nothing changes by that."),
        Decision.WITHDRAWN: _("Your agreement is taken back, from now on."),
    }
    flash(sentences[said] if said else _("You had said so already. Nothing changed."), "good")
    return redirect(url_for("records.consents"), 303)


def _show(patient: PatientView, purpose: Purpose, form: ConsentForm) -> str:
    found = (one for one in queries.history(patient.id) if one.purpose is purpose)
    newest = next(found, None)
    return render_template(
        "records/consent.html",
        text=TEXTS[purpose, rules.current(purpose)],
        edition=rules.current(purpose),
        newest=newest,
        stands=newest is not None and newest.stands,
        again=newest is not None and rules.is_to_be_asked(purpose, newest.answer),
        decisions=DECISIONS,
        address=url_for(page_of(purpose)),
        form=form,
    )


for _purpose in OFFERED:
    room.page(
        f"/record/consents/{_purpose.value}",
        access=signed_in(Role.PATIENT, writes=True),
        methods=("GET", "POST"),
    )(_page(_purpose))


@TODAY.offers(Role.PATIENT)
def to_decide(actor: Actor) -> Iterator[Step]:
    """What the patient is asked to decide about; and that nobody looks after them."""
    patient = care.own(actor)
    if patient is None:
        return
    if not queries.gives(patient.id, Purpose.CARE):
        yield Step(
            _("Nobody looks after you here at the moment"),
            _("You took your agreement back, so your care team cannot open your record."),
            url_for(page_of(Purpose.CARE)),
            _("Read and decide"),
            turn=True,
            order=FIRST,
        )
    for purpose in queries.to_be_asked(patient.id):
        if purpose in OFFERED:
            yield _question(purpose)


def _question(purpose: Purpose) -> Step:
    text = TEXTS[purpose, rules.current(purpose)]
    words = text.changed or _("Please read what it means, and say yes or no.")
    place, press = url_for(page_of(purpose)), _("Read and decide")
    return Step(text.name, words, place, press, turn=True, order=FIRST)


@TODAY.offers(*TEAM)
def let_go(actor: Actor) -> Iterator[Step]:
    """Patients who may not be looked after any more, for those who did."""
    for one in queries.let_go(actor):
        yield Step(
            _("%(name)s has taken back the agreement to be looked after here", name=one.name),
            _("You cannot open the record any more. Please call them if care must go on."),
            at=one.at,
            order=FIRST,
        )


@CHART.offers(*TEAM)
def on_chart(_actor: Actor, patient: PatientView) -> Iterator[Card]:
    """What the patient agrees to, in one line."""
    agreed = queries.agreed(patient.id)
    shown: dict[str, object] = {
        "patient_id": patient.id,
        "stands": " ".join(agreed),
        "yes": [SHORT[one] for one in OFFERED if one in agreed],
        "no": [SHORT[one] for one in OFFERED if one not in agreed],
    }
    yield Card("records/_chart.html", shown, side=True, order=90)
