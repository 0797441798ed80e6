"""The portal under test: a real application on a real database, and people who use it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from uuid import UUID
from xml.etree.ElementTree import Element

import pyotp
from argon2 import profiles
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import create_app
from app.accounts import operations as accounts
from app.accounts import queries as account_queries
from app.accounts.operations import guests, passwords
from app.accounts.operations.officers import appoint
from app.care import operations as care
from app.care.models.proxies import Proxy
from app.care.operations import proxies
from app.care.rules import Sex
from app.care.rules.consents import Purpose
from app.kernel import clock, db
from app.kernel.actor import Actor, Power, Role, Stage
from app.kernel.settings import Environment, Settings
from tests.support.inspection import inspect
from tests.support.quick import hurry

# People by the thousand: at full strength, hashing their passwords took most of the tests' time.
# That the portal itself hashes at full strength is asked in tests/accounts.
passwords.HASHING = profiles.CHEAPEST
ORIGIN = "https://nearside.test"
PASSWORD = "violet anchor seven kettles"
COOKIE = "__Host-session"


@dataclass(frozen=True)
class Someone:
    """A person of the test; `patient_id` where they are a patient."""

    id: UUID
    name: str
    email: str
    role: Role
    patient_id: UUID | None = None


class Visitor:
    """A browser without a screen: follows nothing by itself, and inspects every page."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()
        self.page: Element | None = None

    def get(self, path: str, **options: Any) -> TestResponse:
        """Fetch a page as a browser would; a page that answers is inspected."""
        return self._look(self.client.get(path, base_url=ORIGIN, **options))

    def follow(self, answer: TestResponse) -> TestResponse:
        """Go where a redirect leads."""
        assert answer.status_code == 303, f"{answer.status} is not a redirect"
        return self.get(answer.headers["Location"].removeprefix(ORIGIN))

    def send(
        self, path: str, *, page: str | None = None, headers: Any = None, **fields: Any
    ) -> TestResponse:
        """Open `page` (or the path itself), fill in the form that leads to `path`, send it.

        Fields that the page's form shows filled travel along, as they would from a browser.
        """
        self.get(page or path)
        return self.post(path, {**self.filled(path), **fields}, headers=headers)

    def post(self, path: str, fields: dict[str, Any], headers: Any = None) -> TestResponse:
        """Post exactly these fields, as a same-origin browser would."""
        said = {"Sec-Fetch-Site": "same-origin", "Origin": ORIGIN} | dict(headers or {})
        answer = self.client.post(path, base_url=ORIGIN, data=fields, headers=said)
        return self._look(answer)

    def filled(self, path: str) -> dict[str, Any]:
        """What the form leading to `path` on the present page would send untouched."""
        assert self.page is not None
        form = next(one for one in self.page.iter("form") if one.get("action") == path)
        return _values(form)

    def _look(self, answer: TestResponse) -> TestResponse:
        if answer.mimetype == "text/html" and answer.status_code not in {301, 302, 303, 308}:
            self.page = inspect(answer.text)
        return answer


def _values(form: Element) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for one in form.iter():
        name, kind = one.get("name"), one.get("type")
        if name is None or one.tag == "button":
            continue
        if one.tag == "select":
            chosen = [option for option in one.iter("option") if option.get("selected") is not None]
            values[name] = (chosen or list(one.iter("option")))[0].get("value", "")
        elif one.tag == "textarea":
            values[name] = (one.text or "").removeprefix("\n")
        elif kind not in {"radio", "checkbox"} or one.get("checked") is not None:
            values[name] = one.get("value", "")
    return values


class Portal:
    """One application on one migrated database, with as many people as a test makes.

    One that `waits` writes as slowly as production, for whoever measures that.
    """

    def __init__(
        self,
        database_url: str,
        directory: Path,
        environment: Environment,
        *,
        waits: bool = False,
    ) -> None:
        self.app = create_app(settings(database_url, directory, environment))
        if not waits:
            hurry(self.app)
        self._numbers = count(1)
        self._tokens: dict[UUID, str] = {}
        # People who were here already when the database was copied.
        self._settled: list[Someone] = []
        self._guests: dict[UUID, Someone] = {}
        self._carers: dict[UUID, Someone] = {}

    def person(self, role: Role, name: str | None = None) -> Someone:
        """Someone with a confirmed authenticator; an administrator answers for privacy as well."""
        number = next(self._numbers)
        name = name or f"{role.value.title()} {number}"
        email = f"person{number}@nearside.test"
        with self.app.app_context():
            person_id = accounts.create_person(
                email=email, name=name, role=role, password=PASSWORD, zone="Europe/Lisbon"
            )
            self._tokens[person_id] = self._enrol(person_id, role, name)
            if role is Role.ADMINISTRATOR:
                appoint(person_id)
        return Someone(person_id, name, email, role)

    def patient(self, *team: Someone, name: str | None = None, **facts: Any) -> Someone:
        """A patient, looked after by `team`, who agrees to drafts and recordings."""
        someone = self.person(Role.PATIENT, name)
        with self.app.app_context():
            patient_id = care.register(
                someone.id,
                birth_date=facts.get("birth_date", date(1958, 3, 1)),
                sex=facts.get("sex", Sex.FEMALE),
                agrees=facts.get("agrees", (Purpose.DRAFTING, Purpose.RECORDING)),
            )
            for member in team:
                care.join_team(patient_id, member.id)
        return Someone(someone.id, someone.name, someone.email, someone.role, patient_id)

    def clinic(self) -> Clinic:
        """One of each role, the staff looking after the patient."""
        if self._settled:
            found, self._settled = self._settled, []
            return Clinic(self, *found)
        clinician, coordinator = self.person(Role.CLINICIAN), self.person(Role.COORDINATOR)
        administrator = self.person(Role.ADMINISTRATOR)
        patient = self.patient(clinician, coordinator)
        return Clinic(self, patient, clinician, coordinator, administrator)

    def guest(self, of: Someone) -> Someone:
        """The guest of a patient: the same one however often they are asked for."""
        if of.id not in self._guests:
            with self.inside(), db.writing():
                person_id, token = accounts.admit_guest("Europe/Lisbon")
            self._tokens[person_id] = token
            self._guests[of.id] = Someone(person_id, guests.NAME, "", Role.GUEST)
        return self._guests[of.id]

    def carer(self, of: Someone) -> Someone:
        """Somebody who may do everything for a patient: the same one, as long as that lasts."""
        if of.id not in self._carers:
            self._carers[of.id] = self.person(Role.CARER)
        carer = self._carers[of.id]
        still = (Proxy.person_id == carer.id, Proxy.ended_at.is_(None))
        with self.inside():
            # Asked of the bare table, which answers even where what is sealed was tampered with.
            acts = db.session().scalar(select(Proxy.id).where(*still, Proxy.ends_at > clock.now()))
        if acts is None:
            self.let_act(carer, of)
        return carer

    def let_act(self, carer: Someone, of: Someone, *powers: Power) -> UUID:
        """Have a patient let a carer act for them, in all things if none is named; answers which.

        The carer is there already, as they are once they have opened their link.
        """
        actor, last_day = self.actor(of), clock.now().date() + timedelta(days=30)
        with self.inside():
            return proxies.admit(actor, carer.id, list(powers or Power), last_day)

    def settle(self, people: list[Someone], tokens: dict[UUID, str]) -> None:
        """Know the people that the copied database holds; `clinic` answers them once."""
        self._settled, self._tokens = list(people), dict(tokens)
        self._numbers = count(len(people) + 1)

    def people(self) -> tuple[list[Someone], dict[UUID, str]]:
        """A new clinic's people and their sessions, for `settle`."""
        made = self.clinic()
        all_four = [made.patient, made.clinician, made.coordinator, made.administrator]
        return all_four, dict(self._tokens)

    def visit(self, someone: Someone | None = None) -> Visitor:
        """A browser in which this person is signed in (nobody, when none is given)."""
        visitor = Visitor(self.app)
        if someone is not None:
            visitor.client.set_cookie(
                COOKIE, self._tokens[someone.id], domain="nearside.test", secure=True
            )
        return visitor

    def actor(self, someone: Someone) -> Actor:
        """The person as operations and queries see them; signed in anew where that has ended."""
        with self.app.app_context():
            found = account_queries.session_of(self._tokens[someone.id])
            if found is None:
                with db.writing():
                    self._tokens[someone.id] = accounts.open_session(someone.id, Stage.FULL)
                found = account_queries.session_of(self._tokens[someone.id])
            assert found is not None
            session_id, zone, officer = found[0].id, found[1].zone, found[1].privacy_officer
        return Actor(
            person_id=someone.id,
            session_id=session_id,
            role=someone.role,
            name=someone.name,
            zone=zone,
            language="en",
            stage=Stage.FULL,
            officer=officer,
        )

    def code(self, someone: Someone, steps: int = 1) -> str:
        """A code of this person's authenticator, `steps` time steps from now.

        Enrolment used up the present one, so the next one (still accepted) is the default.
        """
        with self.app.app_context():
            factor = account_queries.authenticator_of(someone.id)
            assert factor is not None
            return pyotp.TOTP(factor.secret).at(clock.now() + timedelta(seconds=30 * steps))

    def work(self) -> None:
        """Do everything that is queued."""
        self.app.extensions["worker"].drain()

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Call operations and queries directly."""
        with self.app.app_context():
            yield

    def close(self) -> None:
        """Let go of the database."""
        self.app.extensions["database"].engine.dispose()

    def _enrol(self, person_id: UUID, role: Role, name: str) -> str:
        token = accounts.check_password(_email(person_id), PASSWORD, "198.51.100.1")
        found = account_queries.session_of(token)
        assert found is not None
        actor = Actor(person_id, found[0].id, role, name, "Europe/Lisbon", "en", Stage.PASSWORD)
        secret = accounts.begin_enrolment(actor)
        full = accounts.confirm_enrolment(actor, pyotp.TOTP(secret).at(clock.now()), tells=False)
        accounts.codes_are_saved(actor)
        return full


@dataclass(frozen=True)
class Clinic:
    """One of each role in one portal."""

    portal: Portal
    patient: Someone
    clinician: Someone
    coordinator: Someone
    administrator: Someone

    @property
    def guest(self) -> Someone:
        """Somebody without an account, who came by a link."""
        return self.portal.guest(self.patient)

    @property
    def carer(self) -> Someone:
        """Somebody who may do everything for the patient."""
        return self.portal.carer(self.patient)


def _email(person_id: UUID) -> str:
    found = next(one for one in account_queries.accounts() if one.id == person_id)
    return found.email


def settings(database_url: str, directory: Path, environment: Environment) -> Settings:
    """Settings for a portal under test."""
    return Settings(
        environment=environment,
        secret_key="a secret that only tests know, 0123456789",
        data_keys=(("test", bytes(range(32))),),
        database_url=database_url,
        origin=ORIGIN,
        hosts=("nearside.test",),
        instance=directory,
        media_recordings=directory / "recordings",
    )


def migrate(database_url: str, directory: Path) -> None:
    """Bring an empty database to the newest schema, by the command that operators use."""
    app = create_app(settings(database_url, directory, Environment.TEST))
    result = app.test_cli_runner().invoke(args=["migrate"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    app.extensions["database"].engine.dispose()


# A second factor of the people in a copy must still count as fresh while a test runs.
NEW_SECONDS = 180


class Templates:
    """Migrated databases to copy, so that each test starts from the real schema at once."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._sqlite = directory / "template.db"
        self._lived: tuple[float, Path, list[Someone], dict[UUID, str]] | None = None

    def sqlite(self, target: Path) -> str:
        """A fresh SQLite file."""
        if not self._sqlite.exists():
            migrate(f"sqlite:///{self._sqlite}", self.directory)
        shutil.copyfile(self._sqlite, target)
        return f"sqlite:///{target}"

    def inhabited(self, directory: Path) -> Portal:
        """A portal whose clinic has its people already: to make them anew took half the time."""
        if self._lived is None or time.monotonic() - self._lived[0] > NEW_SECONDS:
            self._lived = self._live()
        _, source, people, tokens = self._lived
        shutil.copytree(source, directory, dirs_exist_ok=True)
        portal = Portal(f"sqlite:///{directory / 'portal.db'}", directory, Environment.TEST)
        portal.settle(people, tokens)
        return portal

    def _live(self) -> tuple[float, Path, list[Someone], dict[UUID, str]]:
        source = Path(mkdtemp(dir=self.directory))
        portal = Portal(self.sqlite(source / "portal.db"), source, Environment.TEST)
        people, tokens = portal.people()
        portal.close()
        return time.monotonic(), source, people, tokens
