"""Values that somebody moved about in the database: every page refuses them, none shows them."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from app.accounts.models import Person
from app.kernel import db
from app.kernel.actor import Role, Stage
from app.kernel.crypto import SealBroken
from app.kernel.crypto.models import SealingAnew
from app.kernel.crypto.sealed import BROKEN, Sealed, sealed_attributes
from app.kernel.models import AuditEvent
from app.kernel.settings import Environment
from tests.doors.asking import Asker
from tests.doors.objects import Scene
from tests.doors.test_matrix import READING, cases
from tests.doors.walk import Door, application
from tests.kernel import planting, planting_rest
from tests.support.portal import Clinic, Portal, Templates

application(Environment.TEST)  # So that every room has told what it seals.
COLUMNS = [str(one) for one in sealed_attributes()]
# Without a name nobody is let in, and without a secret nobody signs in: those have tests below.
WHO = ("person", "authenticator")
NOT_AS_WRITTEN = 410
LONG = 12


@pytest.fixture(scope="module")
def full(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """A clinic in which something is written wherever something can be."""
    directory = tmp_path_factory.mktemp("moved")
    portal = Portal(templates.sqlite(directory / "portal.db"), directory, Environment.TEST)
    yield planting.everything(portal, planting.Canaries())
    portal.close()


def attribute_named(name: str) -> Sealed:
    return next(one for one in sealed_attributes() if str(one) == name)


def noted(row: UUID) -> list[dict[str, str]]:
    asked = select(AuditEvent).where(AuditEvent.tag == BROKEN.name, AuditEvent.entity_id == row)
    return [one.detail for one in db.session().scalars(asked)]


@pytest.mark.parametrize("name", COLUMNS)
def test_value_of_any_column_opens_in_its_own_cell_alone(full: Clinic, name: str) -> None:
    with full.portal.inside():
        mine = attribute_named(name)
        rows = db.session().scalars(select(mine.model).where(mine.is_set)).all()
        assert rows, "nothing is sealed here, so that nothing is shown"
        row, owner = rows[0], mine.owner(rows[0])
        sealed = getattr(row, mine.column)
        assert mine.open(sealed, row.id, owner)
        others = [
            getattr(other, one.column)
            for one in sealed_attributes()
            for other in db.session().scalars(select(one.model).where(one.is_set))
            if (one, other.id) != (mine, row.id)
        ]
        changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
        for foreign in (*others, changed, sealed[:-1], sealed + b"\0"):
            with pytest.raises(SealBroken):
                mine.open(foreign, row.id, owner)
        for elsewhere, whose in ((uuid4(), owner), (row.id, uuid4())):
            with pytest.raises(SealBroken):
                mine.open(sealed, elsewhere, whose)
        table, _, column = name.partition(".")
        assert {"table": table, "column": column} in noted(row.id)


def move(attribute: Sealed) -> None:
    """Give each row of a column its neighbour's value; one that stands alone is spoilt."""
    with db.writing(claims=False) as session:
        session.add(SealingAnew(id=uuid4()))
        session.flush()
        rows = session.scalars(select(attribute.model).where(attribute.is_set)).all()
        values = [getattr(row, attribute.column) for row in rows]
        moved = (
            [*values[1:], *values[:1]] if len(values) > 1 else [one[:-1] + b"\0" for one in values]
        )
        for row, value in zip(rows, moved, strict=True):
            there = update(attribute.model.__table__).where(attribute.model.id == row.id)  # type: ignore[arg-type]  # a mapped table
            session.connection().execute(there.values({attribute.column: value}))
        session.connection().execute(SealingAnew.__table__.delete())  # type: ignore[attr-defined]  # a mapped table


def texts(portal: Portal) -> set[str]:
    """What is sealed, in clear; names and addresses that a person has too stay where they are."""
    planted: dict[str, str] = {}
    planting_rest.gather(portal, planted)
    with portal.inside():
        people = db.session().scalars(select(Person)).all()
        known = {text for one in people for text in (one.name, one.email)}
    return {
        one
        for what, one in planted.items()
        if not what.startswith(WHO) and len(one) > LONG and one not in known
    }


def test_every_page_refuses_what_was_moved_and_says_so(scene: Scene) -> None:
    asker = Asker(scene)
    asked = [(door, role, asker.path(door, role, own=True)) for door, role in cases(READING)]
    visitors = {role: asker.visitor(role) for role in Role}
    secret = texts(scene.portal)
    with scene.portal.inside():
        for attribute in sealed_attributes():
            if not str(attribute).startswith(WHO):
                move(attribute)
    refused: list[tuple[Door, TestResponse]] = []
    for door, role, path in asked:
        visitor = (
            visitors[role]
            if door.access.stage is Stage.FULL
            else asker.visitor(role, Stage.PASSWORD)
        )
        answer = visitor.get(path)
        assert answer.status_code in {200, 303, 404, NOT_AS_WRITTEN}, f"{door} as {role}"
        assert not any(one in answer.text for one in secret), f"{door} as {role}"
        if answer.status_code == NOT_AS_WRITTEN:
            assert "cannot be opened" in answer.text
            refused.append((door, answer))
    assert {"messages.mine", "plans.review", "records.answer"} <= {
        door.endpoint for door, _ in refused
    }
    with scene.portal.inside():
        told = select(AuditEvent.request_id).where(AuditEvent.tag == BROKEN.name)
        known = set(db.session().scalars(told))
        assert [
            str(door) for door, one in refused if one.headers["X-Request-Id"] not in known
        ] == []


def test_person_whose_name_was_moved_is_let_in_by_nobody(full: Clinic) -> None:
    portal, patient = full.portal, full.patient
    visitor, staff = portal.visit(patient), portal.visit(full.clinician)
    with portal.inside():
        move(attribute_named("person.sealed_name"))
    for answer in (visitor.get("/"), staff.get("/patients")):
        assert answer.status_code == NOT_AS_WRITTEN, answer.status
        assert patient.name not in answer.text
    with portal.inside():
        assert {"table": "person", "column": "sealed_name"} in noted(patient.id)
