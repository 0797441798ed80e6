"""The schema goes up and comes down with data in it, and is the one the models describe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from app import create_app
from app.accounts import queries as accounts
from app.care.queries import consents
from app.care.rules.consents import Purpose
from app.kernel import db
from app.kernel.crypto import CLINIC, keyring
from app.kernel.crypto.sealed import sealed_attributes
from app.kernel.db import Base
from app.kernel.settings import Environment
from tests.support.portal import settings

MIGRATIONS = Path(__file__).parents[2] / "migrations"
SCRIPTS = ScriptDirectory(str(MIGRATIONS))
STEPS = [script.revision for script in reversed(list(SCRIPTS.walk_revisions()))]
MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
COPIES = 2
# What a check of its table asks of a column.
FITTING: dict[tuple[str, str], object] = {
    ("appointment", "minutes"): 20,
    ("person", "privacy_officer"): False,
    ("consult_guest", "seat"): 2,
    ("data_key", "destroyed_at"): MOMENT,
}
# What a step back reads out of a sealed column.
AS_A_TEXT = {"sealed_birth_date": "1958-03-01", "sealed_coded": "{}"}


@pytest.fixture
def app(engine_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(settings(engine_url, tmp_path, Environment.TEST))
    yield app
    app.extensions["database"].engine.dispose()


@contextmanager
def connected(app: Flask) -> Iterator[sa.Connection]:
    with app.app_context(), db.database().engine.connect() as connection:
        yield connection


def go(app: Flask, where: str, up: bool = True) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with connected(app) as connection:
        config.attributes["connection"] = connection
        (command.upgrade if up else command.downgrade)(config, where)


def schema(app: Flask) -> sa.MetaData:
    """The tables that the database has now, without Alembic's own."""
    found = sa.MetaData()
    with connected(app) as connection:
        found.reflect(connection)
    found.remove(found.tables["alembic_version"])
    return found


def shape(app: Flask) -> dict[str, object]:
    """Everything about the tables that a test can compare."""
    return {
        table.name: (
            sorted((one.name, str(one.type), one.nullable) for one in table.columns),
            sorted(index.name or "" for index in table.indexes),
            sorted(str(one.name) for one in table.constraints),
        )
        for table in schema(app).tables.values()
    }


def sample(column: sa.Column[Any], number: int) -> object:
    """A value that fits the column, and another one for each number."""
    kinds: dict[type[Any], object] = {
        sa.LargeBinary: f"sealed {number}".encode(),
        sa.DateTime: MOMENT,
        sa.Date: date(1958, 3, number),
        sa.Boolean: bool(number % 2),
        sa.Float: number + 0.5,
        sa.Numeric: number,
        sa.Integer: number,
        sa.JSON: {"number": number},
    }
    if isinstance(column.type, sa.Enum):
        return column.type.enums[0]
    stored = getattr(column.type, "impl", column.type)
    for kind, value in kinds.items():
        if isinstance(stored, kind):
            return value
    if isinstance(column.type, sa.Uuid):
        return uuid4()
    length = getattr(column.type, "length", None) or 40
    return f"{column.name} {number}"[-length:]


def row(table: sa.Table, number: int, made: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """A whole row; what points at another table points at a row made before."""
    values: dict[str, Any] = {}
    for column in table.columns:
        if (table.name, column.name) in FITTING:
            values[column.name] = FITTING[table.name, column.name]
        elif column.nullable:
            values[column.name] = None  # A thing that has only begun.
        elif column.foreign_keys:
            (key,) = column.foreign_keys
            parents = made.get(key.column.table.name) or [{}]
            values[column.name] = parents[number - 1].get(key.column.name)
        else:
            values[column.name] = sample(column, number)
    return values


def fitting(table: sa.Table, column: str, value: object) -> object:
    """SQLite gives back the type that it stores an id as, and not that it is one."""
    plain = isinstance(value, UUID) and not isinstance(table.columns[column].type, sa.Uuid)
    return value.hex if plain and isinstance(value, UUID) else value


def sealed(connection: sa.Connection, table: sa.Table, values: dict[str, Any]) -> dict[str, Any]:
    """The row with every sealed column really sealed: a step back must be able to open it."""
    for one in sealed_attributes():
        if one.model.__tablename__ == table.name and values[one.column] is not None:
            owner = CLINIC if one.of is None else values.get(one.of, values["id"])
            key = keyring().keys.give_on(connection, owner, bytes(32))
            text = AS_A_TEXT.get(one.column, f"{one} {values['id']}")
            values[one.column] = key.seal(text, one.cell, values["id"])
    return values


def fill(app: Flask) -> dict[str, int]:
    """Two rows in every table, in the order in which they point at each other."""
    made: dict[str, list[dict[str, Any]]] = {}
    with connected(app) as connection:
        for table in Base.metadata.sorted_tables:
            if table.name not in sa.inspect(connection).get_table_names():
                continue
            rows = [row(table, number, made) for number in range(1, COPIES + 1)]
            made[table.name] = [sealed(connection, table, one) for one in rows]
            connection.execute(sa.insert(table), made[table.name])
        connection.commit()
    # Whatever was sealed brought its owner's data key along.
    return {name: len(rows) for name, rows in made.items()} | {"data_key": counted(app)["data_key"]}


def counted(app: Flask) -> dict[str, int]:
    with connected(app) as connection:
        return {
            name: connection.execute(
                sa.select(sa.func.count()).select_from(sa.table(name))
            ).scalar_one()
            for name in sa.inspect(connection).get_table_names()
            if name != "alembic_version"
        }


def test_there_is_one_newest_step_and_one_way_to_it() -> None:
    assert SCRIPTS.get_heads() == [STEPS[-1]]
    assert SCRIPTS.get_bases() == [STEPS[0]]
    assert all(
        script.down_revision is None or isinstance(script.down_revision, str)
        for script in SCRIPTS.walk_revisions()
    )


def test_every_step_goes_up_and_comes_down_to_what_was_before(app: Flask) -> None:
    before: list[dict[str, object]] = []
    for step in STEPS:
        before.append(shape(app) if before else {})
        go(app, step)
    while before:
        go(app, "-1", up=False)
        assert shape(app) == before.pop()


def test_steps_go_up_and_down_with_rows_in_every_table(app: Flask) -> None:
    go(app, "head")
    filled = fill(app)
    assert set(filled) == set(Base.metadata.tables)
    assert counted(app) == filled
    for _step in STEPS:
        left = set(counted(app))
        go(app, "-1", up=False)
        still = counted(app)
        assert set(still) <= left
        assert all(count == filled[name] for name, count in still.items())
    go(app, "head")
    assert set(counted(app)) == set(Base.metadata.tables)
    assert fill(app) == filled


def test_people_of_before_are_sealed_and_can_be_read_again(app: Flask) -> None:
    go(app, "0017")
    names = {"patient": "Ana Reis", "clinician": "Dr Rui Pinto"}
    with connected(app) as connection:
        person = schema(app).tables["person"]
        for role, name in names.items():
            number = fitting(person, "id", uuid4())
            said = {"id": number, "role": role, "name": name, "email": f"{role}@x.test"}
            values = row(person, 1, {}) | said
            connection.execute(sa.insert(person), values)
        connection.commit()
    go(app, "head")
    with app.app_context():
        assert {one.role: one.name for one in accounts.accounts()} == names
        assert [one.email for one in accounts.found("ana  REIS")] == ["patient@x.test"]
        assert accounts.by_email("Clinician@x.test") is not None
    go(app, "0017", up=False)
    with connected(app) as connection:
        asked = connection.execute(sa.text("SELECT role, name, email FROM person"))
        assert {(one.role, one.name, one.email) for one in asked} == {
            (role, name, f"{role}@x.test") for role, name in names.items()
        }


def test_answers_of_before_are_sealed_and_can_be_read_again(app: Flask) -> None:
    go(app, "0019")
    coded = {"smoking": {"valueCoding": {"code": "LA18978-9"}}}
    with connected(app) as connection:
        tables, made = schema(app).tables, {}
        for name in ("person", "patient", "questionnaire_response"):
            one = row(tables[name], 1, made)
            fit = {"coded": coded, "role": "patient", "sex": "female", "status": "in-progress"}
            one |= {"id": uuid4()} | {key: fit[key] for key in fit.keys() & one.keys()}
            made[name] = [{column: fitting(tables[name], column, one[column]) for column in one}]
            connection.execute(sa.insert(tables[name]), made[name])
        connection.commit()
    go(app, "0020")
    with connected(app) as connection:
        tables = schema(app).tables
        for name in ("patient", "questionnaire_response"):
            said = repr(connection.execute(sa.select(tables[name])).all())
            assert "LA18978-9" not in said
            assert not re.search(r"(?<![\w-])1958(?!\w)", said), "and no year, but in an id"
    go(app, "0019", up=False)
    with connected(app) as connection:
        tables = schema(app).tables
        asked = sa.select(tables["questionnaire_response"].c.coded)
        assert connection.execute(asked).scalar_one() == coded
        asked = sa.select(tables["patient"].c.birth_date)
        assert connection.execute(asked).scalar_one() == date(1958, 3, 1)


def test_patients_of_before_came_to_be_looked_after_and_are_asked_about_the_rest(
    app: Flask,
) -> None:
    go(app, "0026")
    go(app, "-1", up=False)
    with connected(app) as connection:
        tables, made = schema(app).tables, {}
        for name in ("person", "patient"):
            one = row(tables[name], 1, made)
            fit = {"role": "patient", "sex": "female"}
            one |= {"id": uuid4()} | {key: fit[key] for key in fit.keys() & one.keys()}
            made[name] = [{column: fitting(tables[name], column, one[column]) for column in one}]
            connection.execute(sa.insert(tables[name]), made[name])
        connection.commit()
    go(app, "head")
    patient_id = UUID(str(made["patient"][0]["id"]))
    with app.app_context():
        assert consents.agreed(patient_id) == [Purpose.CARE]
        assert consents.to_be_asked(patient_id) == [Purpose.DRAFTING]


def test_names_of_passkeys_are_sealed_and_can_be_read_again(app: Flask) -> None:
    go(app, "0028")
    with connected(app) as connection:
        tables, made = schema(app).tables, {}
        for name in ("person", "passkey"):
            one = row(tables[name], 1, made)
            fit = {"role": "patient", "name": "Kitchen tablet"}
            one |= {"id": uuid4()} | {key: fit[key] for key in fit.keys() & one.keys()}
            made[name] = [{column: fitting(tables[name], column, one[column]) for column in one}]
            connection.execute(sa.insert(tables[name]), made[name])
        connection.commit()
    go(app, "0029")
    with connected(app) as connection:
        assert "Kitchen" not in repr(connection.execute(sa.text("SELECT * FROM passkey")).all())
    with app.app_context():
        sealed = next(one for one in sealed_attributes() if str(one) == "passkey.sealed_name")
        asked = sa.select(sealed.stored, sealed.model.id)
        value, number = db.session().execute(asked).one()
        assert sealed.read(value, number, CLINIC) == "Kitchen tablet"
    go(app, "0028", up=False)
    with connected(app) as connection:
        assert (
            connection.execute(sa.text("SELECT name FROM passkey")).scalar_one() == "Kitchen tablet"
        )


def test_links_of_carers_do_not_outlive_the_digits_that_guard_them(app: Flask) -> None:
    go(app, "0034")
    with connected(app) as connection:
        tables, made = schema(app).tables, {}
        for name in ("person", "patient", "proxy", "invitation"):
            one = row(tables[name], 1, made)
            fit = {"role": "patient", "sex": "female"}
            one |= {"id": uuid4()} | {key: fit[key] for key in fit.keys() & one.keys()}
            if name == "invitation":
                one |= {"proxy_id": made["proxy"][0]["id"], "state": "sent"}
            made[name] = [{column: fitting(tables[name], column, one[column]) for column in one}]
            connection.execute(sa.insert(tables[name]), made[name])
        connection.commit()
    go(app, "0033", up=False)
    assert counted(app)["invitation"] == 0


def test_models_and_migrated_schema_are_the_same(app: Flask) -> None:
    go(app, "head")
    with connected(app) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_constraints_have_the_names_that_the_models_give_them(app: Flask) -> None:
    go(app, "head")
    with connected(app) as connection:
        look = sa.inspect(connection)
        for table in Base.metadata.sorted_tables:
            checks = {one["name"] for one in look.get_check_constraints(table.name)}
            described = {
                str(one.name) for one in table.constraints if isinstance(one, sa.CheckConstraint)
            }
            assert checks == described, table.name
            keys = {one["name"] for one in look.get_foreign_keys(table.name)}
            assert keys == {str(one.name) for one in table.foreign_key_constraints}, table.name


def test_migrating_twice_changes_nothing(app: Flask) -> None:
    go(app, "head")
    first = shape(app)
    go(app, "head")
    assert shape(app) == first
