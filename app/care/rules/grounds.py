"""Why a member of staff may see a patient, and what of them that opens."""

from __future__ import annotations

from enum import StrEnum

from app.kernel.actor import Role


class Grounds(StrEnum):
    """Why somebody may see a patient."""

    CLINICIAN = "clinician"
    COORDINATOR = "coordinator"
    # A coordinator to whom a clinician of the team has opened the clinical record.
    GRANTED = "granted"
    # A clinician of no team of theirs, who stated a reason: reads for an hour, changes nothing.
    BREAK_GLASS = "break-glass"


CLINICAL = frozenset({Grounds.CLINICIAN, Grounds.GRANTED, Grounds.BREAK_GLASS})
WRITES = frozenset({Grounds.CLINICIAN, Grounds.COORDINATOR, Grounds.GRANTED})


def of_member(role: Role, *, granted: bool) -> Grounds | None:
    """What being on the care team is worth to somebody with this role."""
    if role is Role.CLINICIAN:
        return Grounds.CLINICIAN
    if role is Role.COORDINATOR:
        return Grounds.GRANTED if granted else Grounds.COORDINATOR
    return None


def opens_genes(role: Role, *, granted: bool) -> bool:
    """Whether a member of the care team may open genetic data; `granted` to a coordinator.

    An emergency opens none: its reader belongs to no team of the patient.
    """
    return role is Role.CLINICIAN or (role is Role.COORDINATOR and granted)


def may_be_granted(role: Role) -> bool:
    """Whether the clinical record can be opened to somebody: a clinician has it already."""
    return role is Role.COORDINATOR
