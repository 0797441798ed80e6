"""The people of the demo clinic, and what has happened to them so far. All invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.kernel.actor import Power, Role

# Printed on the operator's own screen; these accounts exist in the demo configuration alone.
PASSWORD = "lantern river violin moss"  # noqa: S105  # a demo password, shown on purpose
PATIENT_BORN = date(1961, 5, 14)
# Upper and lower number, oldest first; one in the morning and one in the evening of each day.
CLOCKS = ("08:10", "20:40")
PRESSURES = (
    (("149", "93"), ("145", "91")),
    (("147", "92"), ("146", "90")),
    (("150", "93"), ("144", "91")),
    (("146", "91"), ("147", "92")),
    (("148", "92"), ("143", "90")),
    (("145", "91"), ("146", "89")),
    (("147", "92"), ("142", "90")),
    (("144", "90"), ("145", "91")),
    (("146", "91"), ("141", "89")),
    (("143", "89"), ("144", "90")),
)
WELCOME = (
    "Welcome, Ana. Please answer the questions about how you live before your visit. "
    "If anything is unclear, write to me here."
)
# For how long the son of the patient may act for her.
CARER_DAYS = 180
# Everything but what was found in her genes.
CARER_POWERS: list[Power] = [one for one in Power if one is not Power.GENES]
# Pairs of alleles that very many people carry; the laboratory is as invented as its patient.
LABORATORY = "Example Laboratory (invented)"
GENES = "CYP2C19\t*1/*2\nCYP2D6\t*1/*4\nSLCO1B1\t*1/*5\n"
GENES_DAYS_AGO = 60


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
    DemoPerson("rui@demo.nearside", "Rui Reis", Role.CARER, "", "Europe/Lisbon"),
)
