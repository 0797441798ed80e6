"""Who looks after whom. Every other room asks here before it shows a patient's data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, bindparam, select

from app.accounts import queries as accounts
from app.accounts.queries import Who
from app.care.models import CareTeamMember, Patient
from app.care.queries import breaking, consents
from app.care.rules import Sex, age_on, grounds
from app.care.rules.grounds import Grounds
from app.kernel import db, looks
from app.kernel.actor import HOLDERS, Actor, Power, Role
from app.kernel.crypto import keyring

# Written down once, because many pages ask them.
_OWN = select(Patient).where(Patient.person_id == bindparam("person"))
_ON_TEAM = (
    select(Patient, CareTeamMember.granted_at, CareTeamMember.genes_granted_at)
    .join(CareTeamMember, CareTeamMember.patient_id == Patient.id)
    .where(CareTeamMember.person_id == bindparam("person"))
    .where(consents.is_cared_for(CareTeamMember.patient_id))
)
_THEIRS = _ON_TEAM.with_only_columns(Patient.id)
_TEAM = (
    select(CareTeamMember.person_id, CareTeamMember.granted_at)
    .where(CareTeamMember.patient_id == bindparam("patient"))
    .where(consents.is_cared_for(CareTeamMember.patient_id))
)


@dataclass(frozen=True, slots=True)
class PatientView:
    """A patient as those who look after them may see them.

    `grounds` says why a member of staff sees them; it is None where nobody was asked, such as for
    the patient themselves.
    """

    id: UUID
    person_id: UUID
    name: str
    zone: str
    birth_date: date
    sex: Sex
    grounds: Grounds | None = None
    # Whether this reader may open genetic data.
    genetic: bool = False

    @property
    def patient_id(self) -> UUID:
        """Whose data this is."""
        return self.id

    @property
    def clinical(self) -> bool:
        """Whether this reader may read answers, readings, plans and notes, not only arrange."""
        return self.grounds in grounds.CLINICAL

    @property
    def writable(self) -> bool:
        """Whether this reader may change anything."""
        return self.grounds in grounds.WRITES

    def age(self, day: date) -> int:
        """Whole years lived on `day`."""
        return age_on(self.birth_date, day)


def own(actor: Actor) -> PatientView | None:
    """The patient that this person is, or for whom they act as a carer now; asked every time."""
    return db.remembered(("care.own", actor.person_id), lambda: _own(actor))


def _own(actor: Actor) -> PatientView | None:
    if actor.role is Role.CARER:
        return _acted_for(actor)
    row = db.session().scalar(_OWN, {"person": actor.person_id})
    if row is None:
        return None
    view = PatientView(row.id, actor.person_id, actor.name, actor.zone, row.birth_date, row.sex)
    known: dict[UUID, PatientView] = db.remembered("care.by_ids", dict)
    known[row.id] = view
    return view


def _acted_for(actor: Actor) -> PatientView | None:
    from app.care.queries import proxies  # Which rest on this module.

    patient_id = proxies.patient_of(actor)
    return by_ids({patient_id})[patient_id] if patient_id else None


def of_person(person_id: UUID) -> UUID | None:
    """The id of the patient that a person is, for operators' commands."""
    return db.session().scalar(select(Patient.id).where(Patient.person_id == person_id))


def patient(actor: Actor, patient_id: UUID) -> PatientView | None:
    """A patient, for the clinicians and coordinators of their care team: to work with them."""
    if actor.role not in {Role.CLINICIAN, Role.COORDINATOR}:
        return None
    return db.remembered(
        ("care.patient", actor.person_id, patient_id),
        lambda: next(iter(_of_team(_ON_TEAM.where(Patient.id == patient_id), actor)), None),
    )


def patient_of_clinician(actor: Actor, patient_id: UUID) -> PatientView | None:
    """A patient, for the clinicians of their care team alone."""
    return patient(actor, patient_id) if actor.role is Role.CLINICIAN else None


def chart(actor: Actor, patient_id: UUID) -> PatientView | None:
    """A patient, for their care team and for a clinician who has the record open just now."""
    found = patient(actor, patient_id)
    if found is not None or breaking.open_record(actor, patient_id) is None:
        return found
    # Every look that follows says so.
    looks.because(patient_id, looks.BREAK_GLASS)
    view = by_ids({patient_id}).get(patient_id)
    return replace(view, grounds=Grounds.BREAK_GLASS) if view else None


def reader(actor: Actor, patient_id: UUID) -> PatientView | None:
    """A patient whose clinical record this member of staff may read.

    The clinicians of the team may, those coordinators of it to whom one of them opened it, and
    a clinician who opened the record from outside the team, for an hour.
    """
    found = chart(actor, patient_id)
    return found if found is not None and found.clinical else None


def gene_reader(actor: Actor, patient_id: UUID) -> PatientView | None:
    """A patient whose genetic data this member of staff may open.

    The clinicians of the team may, and those coordinators of it to whom one of them opened just
    this. An emergency does not open it.
    """
    found = patient(actor, patient_id)
    return found if found is not None and found.genetic else None


def patients(actor: Actor) -> list[PatientView]:
    """The patients whom this member of staff looks after, by name."""
    return sorted(_of_team(_ON_TEAM, actor), key=lambda one: one.name)


def patient_ids(actor: Actor) -> list[UUID]:
    """The same by their ids alone, which opens no name."""
    return db.remembered(
        ("care.patient_ids", actor.person_id),
        lambda: list(db.session().scalars(_THEIRS, {"person": actor.person_id})),
    )


def by_ids(ids: set[UUID]) -> dict[UUID, PatientView]:
    """Patients by id, for rooms that have already scoped their rows to the actor."""
    known: dict[UUID, PatientView] = db.remembered("care.by_ids", dict)
    if missing := ids - known.keys():
        rows = db.session().scalars(select(Patient).where(Patient.id.in_(missing))).all()
        known.update({one.id: one for one in _views(list(rows))})
    return {one: known[one] for one in ids if one in known}


def may_see(actor: Actor, patient_id: UUID) -> bool:
    """Whether this person is the patient, acts for them, or of the care team."""
    mine = own(actor) if actor.role in HOLDERS else patient(actor, patient_id)
    return mine is not None and mine.id == patient_id


def may_read(actor: Actor, patient_id: UUID) -> bool:
    """Whether this person is the patient, acts for them, or may read their clinical record."""
    mine = own(actor) if actor.role in HOLDERS else reader(actor, patient_id)
    return mine is not None and mine.id == patient_id


def team(patient_id: UUID) -> list[Who]:
    """The people who look after a patient, clinicians first."""
    return db.remembered(("care.team", patient_id), lambda: _team(patient_id))


def _team(patient_id: UUID) -> list[Who]:
    ids = db.session().scalars(_TEAM, {"patient": patient_id})
    found = accounts.people(list(ids)).values()
    return sorted(found, key=lambda one: (one.role is not Role.CLINICIAN, one.name))


def team_with(patient_id: UUID, role: Role) -> list[Who]:
    """The members of a patient's care team with this role."""
    return [one for one in team(patient_id) if one.role is role]


def everyone(patient_id: UUID, carers: Power | None = None) -> list[UUID]:
    """The person ids of the patient and their care team: whose open pages want a hint.

    With `carers`, also of those who act for the patient with that power.
    """
    from app.care.queries import proxies  # Which rest on this module.

    helpers = proxies.carers_of([patient_id], carers) if carers else []
    return [*_person_of(patient_id), *helpers, *(one.id for one in team(patient_id))]


def clinical_readers(patient_id: UUID) -> list[UUID]:
    """The same without those of the team who may not read the clinical record."""
    rows = db.session().execute(_TEAM, {"patient": patient_id})
    granted = {person: at is not None for person, at in rows}
    reading = [
        one.id
        for one in team(patient_id)
        if grounds.of_member(one.role, granted=granted.get(one.id, False)) in grounds.CLINICAL
    ]
    return [*_person_of(patient_id), *reading]


def _person_of(patient_id: UUID) -> list[UUID]:
    person = db.session().scalar(select(Patient.person_id).where(Patient.id == patient_id))
    return [person] if person else []


def _of_team(
    statement: Select[Patient, datetime | None, datetime | None], actor: Actor
) -> list[PatientView]:
    rows = db.session().execute(statement, {"person": actor.person_id}).all()
    views = _views([row for row, _at, _genes_at in rows])
    return [
        replace(
            view,
            grounds=grounds.of_member(actor.role, granted=at is not None),
            genetic=grounds.opens_genes(actor.role, granted=genes_at is not None),
        )
        for view, (_row, at, genes_at) in zip(views, rows, strict=True)
    ]


def _views(rows: list[Patient]) -> list[PatientView]:
    keyring().keys.ready({row.id for row in rows})
    names = accounts.people([row.person_id for row in rows])
    return [
        PatientView(
            row.id,
            row.person_id,
            names[row.person_id].name,
            names[row.person_id].zone,
            row.birth_date,
            row.sex,
        )
        for row in rows
    ]
