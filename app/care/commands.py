"""Patients and care teams from the command line; coordinators invite patients from a page."""

from __future__ import annotations

from datetime import date, datetime

import click
from sqlalchemy.exc import IntegrityError

from app.accounts import operations as accounts
from app.accounts import queries as account_queries
from app.accounts import rules as account_rules
from app.care import operations, queries, room
from app.care.operations import consents
from app.care.queries import consents as agreeing
from app.care.rules import Sex
from app.care.rules.consents import Purpose
from app.care.rules.invitations import EARLIEST_BIRTH
from app.kernel import clock, db
from app.kernel.actor import Role
from app.kernel.crypto import first_form_is_left

# Of a team whose patient took their consent to care back.
NOT_NOW = " The patient does not agree to be looked after now, so the team opens nothing."


@room.command("register")
@click.argument("email")
@click.argument("name")
@click.option("--born", type=click.DateTime(["%Y-%m-%d"]), required=True, help="1950-01-31")
@click.option("--sex", type=click.Choice([sex.value for sex in Sex]), required=True)
@click.option("--zone", default="UTC", help="Time zone, such as Europe/Lisbon.")
@click.option("--password", default=accounts.made_up, help="Made up and printed when not given.")
def register(email: str, name: str, born: datetime, sex: str, zone: str, password: str) -> None:
    """Make an account for a patient, with what medicine must know of them."""
    problem = account_rules.account_problem(email, name, zone, password)
    if problem or account_queries.by_email(email):
        raise click.ClickException(problem or f"Somebody already signs in with {email}.")
    _possible(born.date())
    with db.writing():
        person = accounts.create_person(
            email=email, name=name, role=Role.PATIENT, password=password, zone=zone, lent=True
        )
        operations.register(person, birth_date=born.date(), sex=Sex(sex))
    click.echo(account_rules.lent(name, password))
    click.echo(f"Give them a care team: care join {email} STAFF-EMAIL")


def _possible(born: date) -> None:
    if born > clock.now().date():
        raise click.ClickException("That date of birth is in the future.")
    if born < EARLIEST_BIRTH:
        raise click.ClickException("That date of birth is too long ago. Is the year right?")


@room.command("erase")
@click.argument("email")
@click.confirmation_option(prompt="Nothing of this patient can ever be read again. Erase them?")
def erase(email: str) -> None:
    """Destroy the keys of a patient, and with them everything that was written down of them."""
    person = account_queries.by_email(email)
    patient_id = queries.of_person(person.id) if person else None
    if patient_id is None:
        raise click.ClickException("Please name a registered patient.")
    if first_form_is_left():
        raise click.ClickException(
            "Some values are not under patients' own keys yet. Run: flask --app wsgi keys rotate"
        )
    operations.erase(patient_id)
    click.echo("Erased. Backups made before hold the old data keys: let go of them in their time.")


@room.command("research")
def research() -> None:
    """List a made-up name for each patient who agrees to be counted for research."""
    names = consents.counted_for_research()
    click.echo("\n".join([*names, f"Patients who agree to be counted for research: {len(names)}"]))


@room.command("join")
@click.argument("patient_email")
@click.argument("staff_email")
def join(patient_email: str, staff_email: str) -> None:
    """Put a clinician or coordinator on a patient's care team."""
    patient, staff = (account_queries.by_email(one) for one in (patient_email, staff_email))
    found = queries.of_person(patient.id) if patient else None
    if found is None or staff is None or staff.role not in {Role.CLINICIAN, Role.COORDINATOR}:
        raise click.ClickException("Please name a registered patient and a member of staff.")
    closed = "" if agreeing.gives(found, Purpose.CARE) else NOT_NOW
    try:
        operations.join_team(found, staff.id)
    except IntegrityError:
        raise click.ClickException(f"{staff.name} is on the team already.{closed}") from None
    now = f"looks after {patient_email} now." if not closed else f"is on the team now.{closed}"
    click.echo(f"{staff.name} {now}")
