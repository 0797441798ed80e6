"""Plans that were signed, for the record that a patient takes with them."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l

from app.care.queries import PatientView
from app.clinical import fhir
from app.kernel.actor import Actor
from app.plans import queries
from app.plans.pages import evidence
from app.plans.queries import LineView, PlanView
from app.plans.rules.states import FHIR_STATUS, PlanState
from app.web import times
from app.web.i18n import gettext as _
from app.web.speech import say
from app.web.taking import RECORD, Entry

# FHIR R4 CarePlan.activity.detail.status, by where its plan stands.
LINE_STATUS = {PlanState.ACTIVE: "in-progress", PlanState.SUPERSEDED: "stopped"}


@RECORD.chapter("plan", _l("Your plan"), order=30)
def plans(_actor: Actor, patient: PatientView) -> Iterator[Entry]:
    """Every plan that was signed (FHIR CarePlan), the newest first, each line with its reason."""
    for one in queries.versions(patient.id):
        yield _plan(one)


def _plan(plan: PlanView) -> Entry:
    zone = plan.patient.zone
    unknown = [f"{say(one.missing)} {say(one.supply)}" for one in plan.questions]
    heading = _("Version %(number)s, approved by %(name)s", number=plan.number, name=_signer(plan))
    resource = fhir.given(
        resourceType="CarePlan",
        id=str(plan.id),
        status=FHIR_STATUS[plan.state],
        intent="plan",
        title=heading,
        subject=fhir.patient(plan.patient.id),
        period=fhir.period(plan.approved_at, plan.ended_at, zone),
        created=fhir.moment(plan.approved_at, zone) if plan.approved_at else None,
        author=fhir.named(_signer(plan)),
        activity=[{"detail": _detail(one, plan.state)} for one in plan.kept],
        note=fhir.texts(unknown),
    )
    facts = tuple((one.said.action, "\n".join(_sentences(one))) for one in plan.kept)
    if unknown:
        facts += ((_("What we cannot tell you"), "\n".join(unknown)),)
    return Entry(resource, heading, plan.approved_at, facts)


def _signer(plan: PlanView) -> str:
    return plan.approved_by or _("Somebody who has left the clinic")


def _detail(line: LineView, state: PlanState) -> fhir.Resource:
    said = line.said
    day = {"scheduledPeriod": {"start": line.starts_on.isoformat()}} if line.starts_on else {}
    words = {"scheduledString": said.start} if said.start and not day else {}
    return fhir.given(
        code=fhir.concept(said.action),
        reasonCode=fhir.texts([said.why, *_rests_on(line)]),
        status=LINE_STATUS[state],
        description=" ".join(one for one in (said.detail, said.start, _turns(line)) if one),
        **day,
        **words,
    )


def _sentences(line: LineView) -> Iterator[str]:
    """What the page of the plan says of a line, a sentence on each line of the file."""
    said = line.said
    if said.detail:
        yield said.detail
    if said.why:
        yield _("Why this, for you: %(why)s", why=said.why)
    yield _("Rests on: %(facts)s", facts="; ".join(_rests_on(line)))
    yield _("How sure: %(words)s", words=_sure(line))
    day = line.chosen_start if said.start else line.starts_on
    when = " ".join(one for one in (said.start, times.day(day) if day else "") if one)
    yield _("From when: %(when)s", when=when or _("The day of approval"))
    if turns := _turns(line):
        yield turns


def _sure(line: LineView) -> str:
    if line.suggestion is None:
        return _("The judgement of your clinician")
    if line.edited:
        return _("Written by %(name)s, based on a guideline", name=line.decided_by)
    return f"{evidence.in_plain_words(line.suggestion.strength)} ({line.suggestion.source})"


def _turns(line: LineView) -> str:
    what = line.said.change
    return _("What would change it: %(what)s", what=what) if what else ""


def _rests_on(line: LineView) -> list[str]:
    if line.suggestion is None:
        return [_("What your clinician knows of you")]
    return evidence.in_short(line.suggestion.evidence)
