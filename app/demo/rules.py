"""The people of the demo clinic, and what has happened to them so far. All invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.kernel.actor import Role

# Printed on the operator's own screen; these accounts exist in the demo configuration alone.
PASSWORD = "lantern river violin moss"  # noqa: S105  # a demo password, shown on purpose
PATIENT_BORN = date(1961, 5, 14)
# Oldest first; as the meter showed them.
MORNINGS = (
    ("148", "93"),
    ("145", "91"),
    ("149", "92"),
    ("143", "90"),
    ("146", "92"),
    ("144", "89"),
    ("147", "91"),
    ("142", "90"),
    ("145", "88"),
    ("141", "89"),
    ("144", "90"),
    ("143", "88"),
    ("140", "87"),
)
WELCOME = (
    "Welcome, Ana. Please answer the questions about how you live before your visit. "
    "If anything is unclear, write to me here."
)


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Someone who can sign in to the demo clinic."""

    email: str
    name: str
    role: Role
    title: str
    zone: str


PEOPLE = (
    DemoPerson("ana@demo.nearside", "Ana Reis", Role.PATIENT, "", "Europe/Lisbon"),
    DemoPerson(
        "imre@demo.nearside",
        "Dr Imre Kovács",
        Role.CLINICIAN,
        "Internal medicine",
        "Europe/Budapest",
    ),
    DemoPerson(
        "marta@demo.nearside",
        "Marta Silva",
        Role.COORDINATOR,
        "Care coordinator",
        "Europe/Lisbon",
    ),
    DemoPerson(
        "noor@demo.nearside", "Noor Haddad", Role.ADMINISTRATOR, "Administrator", "Europe/Lisbon"
    ),
)
