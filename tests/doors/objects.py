"""One own and one foreign thing for every kind of id that an address can carry.

A factory is registered under the loader's name and makes the thing through real operations. A
room that loads a new kind of thing adds its factory here; the matrix fails until it does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from uuid import UUID, uuid4

from app.accounts import operations as accounts
from app.accounts import queries as account_queries
from app.appointments import operations as visits
from app.kernel import clock, db
from app.kernel.actor import HOLDERS, Actor, Role, Stage
from tests.accounts import device as devices
from tests.accounts import lost
from tests.care import circle, helping, inviting
from tests.consults import company, reels
from tests.genes import reports
from tests.plans import drafts
from tests.questionnaires import life
from tests.records import readers
from tests.results import readings
from tests.support.portal import Clinic, Portal, Someone


@dataclass(frozen=True)
class Scene:
    """Two clinics in one portal that know nothing of each other."""

    portal: Portal
    mine: Clinic
    theirs: Clinic

    def clinic(self, own: bool) -> Clinic:
        """The clinic of the person asking, or the other one."""
        return self.mine if own else self.theirs

    def someone(self, role: Role) -> Someone:
        """The person with this role in one's own clinic."""
        found: Someone = getattr(self.mine, role.value)
        return found


@dataclass(frozen=True)
class Case:
    """What is asked of a factory: a thing of this clinic that `role` may open if it is theirs."""

    portal: Portal
    clinic: Clinic
    role: Role
    own: bool
    endpoint: str
    # The things already made for the same address, such as the plan of a line.
    others: dict[str, UUID]

    @property
    def patient_id(self) -> UUID:
        """The patient of this clinic."""
        found = self.clinic.patient.patient_id
        assert found is not None
        return found

    def actor(self, role: Role | None = None) -> Actor:
        """Someone of this clinic, as operations see them."""
        someone: Someone = getattr(self.clinic, (role or self.role).value)
        return self.portal.actor(someone)


Factory = Callable[[Case], UUID]
FACTORIES: dict[str, Factory] = {}
SLOTS = count()
EMERGENCY = " ".join([readers.WORDS] * 3)


def makes(name: str) -> Callable[[Factory], Factory]:
    """Register the factory for ids of this name."""

    def register(factory: Factory) -> Factory:
        FACTORIES[name] = factory
        return factory

    return register


@makes("patient")
def patient(case: Case) -> UUID:
    """The clinic's patient."""
    return case.patient_id


@makes("account")
def account(case: Case) -> UUID:
    """An account of nobody else's scene; an administrator may open every one there is."""
    return case.portal.person(Role.PATIENT).id if case.own else uuid4()


@makes("session")
def session(case: Case) -> UUID:
    """A session of somebody in this clinic, on another device."""
    actor = case.actor()
    with case.portal.inside(), db.writing():
        accounts.open_session(actor.person_id, Stage.FULL)
        db.session().flush()
        theirs = account_queries.own_sessions(actor)
    return next(one.id for one in theirs if not one.here)


@makes("passkey")
def passkey(case: Case) -> UUID:
    """A passkey of somebody in this clinic."""
    someone: Someone = getattr(case.clinic, case.role.value)
    with case.portal.inside():
        return devices.passkey_of(someone)


@makes("stop")
def stop(case: Case) -> UUID:
    """A letter that stops somebody who asks to be let in again; its holder may, whoever it is."""
    return lost.stop_link(case.portal, case.clinic.patient) if case.own else uuid4()


@makes("link")
def link(case: Case) -> UUID:
    """A letter that lets somebody in again."""
    staff = (case.clinic.administrator, case.clinic.coordinator)
    return lost.linked(case.portal, case.clinic.patient, *staff)[0] if case.own else uuid4()


@makes("asked")
def asked(case: Case) -> UUID:
    """A request of the clinic's patient; an administrator may look into everybody's."""
    foreign = case.role is Role.ADMINISTRATOR and not case.own
    return uuid4() if foreign else lost.asked(case.portal, case.clinic.patient)


@makes("change")
def change(case: Case) -> UUID:
    """A letter that confirms another address of somebody in this clinic."""
    return lost.other_address(case.portal, getattr(case.clinic, case.role.value))


@makes("answered")
def answered(case: Case) -> UUID:
    """The lifestyle answers that the clinic's patient sent."""
    with case.portal.inside():
        return life.complete(case.actor(Role.PATIENT))


@makes("reading")
def reading(case: Case) -> UUID:
    """A reading of the clinic's patient."""
    with case.portal.inside():
        return readings.dangerous(case.actor(Role.PATIENT))


@makes("urgent")
def urgent(case: Case) -> UUID:
    """A dangerous reading of the clinic's patient, for the care team."""
    with case.portal.inside():
        return readings.dangerous(case.actor(Role.PATIENT))


@makes("appointment")
def appointment(case: Case) -> UUID:
    """A visit of the clinic's patient with its clinician, at a time that nobody has yet."""
    tomorrow = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    with case.portal.inside():
        booked = visits.book(
            patient_id=case.patient_id,
            clinician_id=case.clinic.clinician.id,
            starts_at=tomorrow + next(SLOTS) * timedelta(minutes=30),
            minutes=20,
        )
    if case.role is Role.GUEST:
        company.seat(case.portal, case.clinic.clinician, booked, case.clinic.guest)
    return booked


@makes("guest")
def guest(case: Case) -> UUID:
    """Somebody whom the clinic's patient asks to have in a visit."""
    visit = appointment(case)
    return company.asked_for(case.portal, case.clinic.patient, visit)


@makes("invitation")
def invitation(case: Case) -> UUID:
    """A link to a visit; whoever knows one may open it."""
    if not case.own:
        return uuid4()
    return company.invited(case.portal, case.clinic.clinician, appointment(case))


@makes("recording")
def recording(case: Case) -> UUID:
    """A recording of a visit of the clinic's patient with its clinician."""
    visit = appointment(case)
    with case.portal.inside():
        return reels.kept(case.actor(Role.CLINICIAN), visit)


@makes("plan")
def plan(case: Case) -> UUID:
    """A plan of the clinic's patient: under review for clinicians, published for the patient."""
    if case.role in HOLDERS:
        return drafts.active_at_hand(case.clinic)
    return drafts.review_at_hand(case.clinic)


@makes("line")
def line(case: Case) -> UUID:
    """A line of a plan under review."""
    plan_id = drafts.review_at_hand(case.clinic)
    with case.portal.inside():
        return drafts.plan(case.actor(Role.CLINICIAN), plan_id).lines[0].id


@makes("member")
def member(case: Case) -> UUID:
    """A further colleague on the care team of the clinic's patient."""
    place = circle.colleague(case.clinic)
    if case.endpoint in {"care.grant_genes", "care.revoke_genes"}:
        circle.grant_genes(case.clinic, place)
    return place


@makes("emergency")
def emergency(case: Case) -> UUID:
    """A record that the clinic's clinician has open, of a patient who is not theirs."""
    stranger = case.portal.patient(name=case.clinic.patient.name)
    return circle.open_now(case.portal, case.clinic.clinician, stranger, EMERGENCY)


@makes("opening")
def opening(case: Case) -> UUID:
    """An emergency of the clinic's patient, which a privacy officer may read whoever it was."""
    if not case.own:
        return uuid4()
    other = case.portal.person(Role.CLINICIAN, case.clinic.clinician.name)
    return circle.open_now(case.portal, other, case.clinic.patient, EMERGENCY)


@makes("invited")
def invited(case: Case) -> UUID:
    """Somebody whom the clinic's coordinator invited."""
    return inviting.invited(case.portal, case.clinic.coordinator, case.clinic.clinician)


@makes("welcome")
def welcome(case: Case) -> UUID:
    """The link of an invitation; whoever knows one may open it."""
    return inviting.link(case.portal, invited(case)) if case.own else uuid4()


@makes("carer")
def carer(case: Case) -> UUID:
    """Somebody whom the clinic's patient invited to act for them."""
    return helping.invited(case.portal, case.clinic.patient)


@makes("cared")
def cared(case: Case) -> UUID:
    """That the clinic's carer may act for its patient."""
    return helping.acting(case.portal, case.clinic.carer)


def _look(case: Case) -> UUID:
    """The patient's chart, opened by the clinic's clinician."""
    answer = case.portal.visit(case.clinic.clinician).get(f"/patients/{case.patient_id}")
    assert answer.status_code == 200
    with case.portal.inside():
        return readers.latest(case.patient_id, case.clinic.clinician.id)


@makes("report")
def report(case: Case) -> UUID:
    """A genetic report of the clinic's patient."""
    return reports.add(case.clinic)


@makes("look")
def look(case: Case) -> UUID:
    """A look at the record of the clinic's patient, by their clinician."""
    return _look(case)


@makes("question")
def question(case: Case) -> UUID:
    """A question about a look, which an administrator may answer whoever asked it."""
    if not case.own:
        return uuid4()
    seen = _look(case)
    with case.portal.inside():
        return readers.asked(case.patient_id, seen)
