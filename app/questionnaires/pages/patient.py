"""A patient answers the questionnaire: part by part, then one look at everything, then send."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask_babel import ngettext
from werkzeug import Response

from app.care import queries as care
from app.care.queries import PatientView
from app.clinical.questionnaires import Form
from app.kernel import actor as actors
from app.kernel.access import signed_in
from app.kernel.actor import Power, Role
from app.kernel.refusal import Refusal, Stale
from app.questionnaires import forms, operations, queries, room, rules
from app.questionnaires.forms import PartForm
from app.questionnaires.queries import Standing
from app.web.i18n import gettext as _

OWN = signed_in(Role.PATIENT, writes=True, carers=Power.ENTRIES)
BOTH = ("GET", "POST")
Answer = str | Response


def endpoint(link: str) -> str:
    """The endpoint of one part."""
    return f"questionnaires.part_{link.replace('-', '_')}"


def go_on(standing: Standing) -> str:
    """Where the person goes on: the first part that is open, or the look at everything."""
    link = rules.first_open(queries.form(), standing.draft)
    return url_for(endpoint(link) if link else "questionnaires.review")


def _standing() -> Standing:
    return queries.standing(_own().id)


def _asked() -> Form:
    return queries.form_for(_own().id)


def _own() -> PatientView:
    patient = care.own(actors.required())
    if patient is None:
        raise LookupError("a patient's account without a patient")
    return patient


@room.page("/questions", access=signed_in(Role.PATIENT, carers=Power.ENTRIES))
def overview() -> str:
    """The parts of the questionnaire, how far they have come, and where to go on."""
    standing = _standing()
    form = queries.form()
    return render_template(
        "questionnaires/overview.html",
        form=form,
        standing=standing,
        done=rules.parts_done(form, standing.draft),
        open_part=rules.first_open(form, standing.draft),
        endpoint=endpoint,
        go_on=go_on(standing),
    )


def _part_page(link: str) -> Callable[[], Answer]:
    def page() -> Answer:
        standing = _standing()
        form = forms.part_form(_asked(), link, standing.draft)
        if form.validate_on_submit():
            try:
                return _after(link, form, whole=_save(link, form))
            except Stale as stale:
                form.refuse(stale)
                return _show(link, form, _take_up(link, form), stale=True)
            except Refusal as refusal:
                form.refuse(Refusal(refusal.sentence, forms.PREFIX + (refusal.field or "")))
        return _show(link, form, standing)

    page.__name__ = endpoint(link).partition(".")[2]
    page.__doc__ = f"The questions of the part {link}."
    return page


def _save(link: str, form: PartForm) -> bool:
    return operations.save_part(
        actors.required(), link, form.given(), shown=form.seen(), saves=form.saves_seen()
    )


def _take_up(link: str, form: PartForm) -> Standing:
    """What others saved meanwhile; the form may now be sent over it."""
    standing = _standing()
    form.saves.data = str(standing.draft.part(link).saves)
    form.earlier = standing.draft.answers
    return standing


def _after(link: str, form: PartForm, *, whole: bool) -> Response:
    if not whole:
        new = rules.newly_shown(_asked(), link, _standing().draft.answers, form.seen())
        said = ngettext(
            "That is saved. Your answer brings one more question.",
            "That is saved. Your answers bring %(num)s more questions.",
            len(new),
        )
        flash(said, "info")
        return redirect(url_for(endpoint(link)), 303)
    following = rules.next_part(queries.form(), link)
    return redirect(url_for(endpoint(following) if following else "questionnaires.review"), 303)


def _show(link: str, form: PartForm, standing: Standing, *, stale: bool = False) -> str:
    parts = queries.form().parts
    number = next(at for at, part in enumerate(parts, 1) if part.link_id == link)
    saved = rules.read_back(_asked(), standing.draft.answers)[number - 1]
    return render_template(
        "questionnaires/part.html",
        form=form,
        part=parts[number - 1],
        number=number,
        count=len(parts),
        before=url_for(endpoint(parts[number - 2].link_id)) if number > 1 else None,
        saved=saved if stale else None,
        has_errors=bool(form.errors),
    )


for _part in queries.form().parts:
    room.page(f"/questions/{_part.link_id}", access=OWN, methods=BOTH)(_part_page(_part.link_id))


@room.page("/questions/review", access=OWN, methods=BOTH)
def review() -> Answer:
    """Every answer once more, each with a way to change it, and the button that sends them."""
    form = forms.SendForm()
    if form.validate_on_submit():
        try:
            operations.send(actors.required(), form.version_seen())
        except operations.AlreadySent as sent:
            flash(str(sent.sentence), "info")
            return redirect(url_for("questionnaires.overview"), 303)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(_("Thank you. Your answers are with your care team."), "good")
            return redirect(url_for("questionnaires.overview"), 303)
    return _look_over(form)


def _look_over(form: forms.SendForm) -> Answer:
    standing = _standing()
    if not standing.begun and not form.errors:
        return redirect(url_for("questionnaires.overview"), 303)
    form.version.data = str(standing.draft.version)
    questions = _asked()
    return render_template(
        "questionnaires/review.html",
        form=form,
        draft=standing.draft,
        parts=rules.read_back(questions, standing.draft.answers),
        endpoint=endpoint,
        ready=rules.can_be_sent(questions, standing.draft),
        go_on=go_on(standing),
        has_errors=bool(form.errors),
    )
