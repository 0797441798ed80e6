"""Nobody sets another's password or reads a secret, whatever door they stand before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from app.accounts.models import Authenticator, Person, SignIn
from app.kernel import db
from app.kernel.actor import Role, Stage
from app.kernel.settings import Environment
from tests.accounts.steps import new_codes
from tests.doors.asking import Asker
from tests.doors.objects import Scene
from tests.doors.walk import Door, doors
from tests.support.portal import Portal, Someone, Templates

STAFF = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.CLINICIAN)
# A page of one's own account: it carries no id, so it can be about nobody else.
OWN = {"accounts.change_password"}
# What a form might call it, were there one that sets it.
SECRETS = dict.fromkeys(
    ("password", "new_password", "password_hash", "secret", "code", "email"), "eve marble otter sea"
)


@pytest.fixture(scope="module")
def asker(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    directory = tmp_path_factory.mktemp("nobody")
    portal = Portal(templates.sqlite(directory / "portal.db"), directory, Environment.TEST)
    yield Asker(Scene(portal, portal.clinic(), portal.clinic()))
    portal.close()


def open_to(role: Role, *, reading: bool) -> list[Door]:
    """The doors behind both factors that this role may pass."""
    return [
        door
        for door in doors()
        if door.access.stage is Stage.FULL and role in door.access.roles
        if (door.method == "GET") is reading
    ]


def secrets_of(portal: Portal, someone: Someone) -> set[str]:
    """Everything that this person signs in with, as it is kept and as it is told them."""
    codes = new_codes(portal, someone)
    with portal.inside():
        person = db.session().get_one(Person, someone.id)
        theirs = select(Authenticator).where(Authenticator.person_id == someone.id)
        tokens = select(SignIn.token_hash).where(SignIn.person_id == someone.id)
        factor = db.session().scalars(theirs).one()
        return {person.password_hash, factor.secret, *codes, *db.session().scalars(tokens)}


@pytest.mark.parametrize("role", STAFF, ids=str)
def test_no_page_of_staff_shows_a_secret_or_asks_for_another_persons_password(
    asker: Asker, role: Role
) -> None:
    someone = asker.scene.mine.patient
    secrets = secrets_of(asker.portal, someone)
    found = open_to(role, reading=True)
    assert found
    for door in found:
        answer = asker.ask(door, asker.visitor(role), asker.path(door, role, own=True))
        assert not [one for one in secrets if one.encode() in answer.data], door
        assert door.endpoint in OWN or b'type="password"' not in answer.data, door
        assert door.endpoint not in OWN or not door.names


@pytest.mark.parametrize("role", STAFF, ids=str)
def test_no_form_of_staff_changes_what_somebody_else_signs_in_with(
    asker: Asker, role: Role
) -> None:
    portal, someone = asker.portal, asker.scene.mine.patient
    before = kept(portal, someone)
    for door in open_to(role, reading=False):
        path, visitor = asker.path(door, role, own=True), asker.visitor(role)
        visitor.post(path, {**SECRETS, **asker.keys(visitor)})
        assert kept(portal, someone) == before, door


def kept(portal: Portal, someone: Someone) -> tuple[object, ...]:
    """What is stored of how somebody signs in."""
    with portal.inside():
        person = db.session().get_one(Person, someone.id)
        theirs = select(Authenticator.sealed_secret).where(Authenticator.person_id == someone.id)
        return (
            person.password_hash,
            person.email_index,
            person.limited_until,
            db.session().scalars(theirs).one(),
        )
