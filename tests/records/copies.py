"""A clinic whose patient has something of everything, and the copy that they take with them."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import Any
from xml.etree.ElementTree import Element
from zipfile import ZipFile

from werkzeug.test import TestResponse

from app.consults import queries as consults
from app.consults.operations import closing, present
from app.consults.operations.present import Page
from app.kernel.actor import Actor
from app.results import operations as results
from tests.consults.meeting import book
from tests.plans import drafts
from tests.results import readings
from tests.support.inspection import inspect, words
from tests.support.portal import Clinic, Visitor

ADDRESS, BUTTON_PAGE = "/record/take/file", "/record/take"
QUESTION, ANSWER = "May I skip a day?\nOr two?", "Better not."
NOTE = "After the stairs"


@dataclass(frozen=True)
class Copy:
    """What is in the zip."""

    files: dict[str, bytes]

    @classmethod
    def of(cls, answer: TestResponse) -> Copy:
        """The file of an answer that is one."""
        assert answer.status_code == 200
        assert answer.mimetype == "application/zip"
        return cls.opened(answer.data)

    @classmethod
    def opened(cls, data: bytes) -> Copy:
        """The files of a zip that is whole."""
        with ZipFile(BytesIO(data)) as archive:
            assert archive.testzip() is None
            return cls({name: archive.read(name) for name in archive.namelist()})

    @property
    def record(self) -> dict[str, Any]:
        """The Bundle of everything."""
        found: dict[str, Any] = json.loads(self.files["record.json"])
        return found

    @property
    def audit(self) -> dict[str, Any]:
        """The Bundle of looks."""
        found: dict[str, Any] = json.loads(self.files["seen.json"])
        return found

    def kind(self, name: str) -> list[dict[str, Any]]:
        """Every resource of this type."""
        return [one for one in resources(self.record) if one["resourceType"] == name]

    @property
    def page(self) -> Element:
        """The readable page, which is valid and stands alone."""
        return inspect(self.files["record.html"].decode())

    @property
    def read(self) -> str:
        """What a person reads on it."""
        return words(next(self.page.iter("main")))

    @property
    def table(self) -> list[list[str]]:
        """The rows of the table of looks, its heading first."""
        text = self.files["seen.csv"].decode("utf-8-sig")
        return list(csv.reader(StringIO(text, newline="")))


def resources(bundle: dict[str, Any]) -> list[dict[str, Any]]:
    """What a Bundle holds."""
    return [one["resource"] for one in bundle.get("entry", [])]


def take(visitor: Visitor) -> TestResponse:
    """Press the button on the page."""
    return visitor.send(ADDRESS, page=BUTTON_PAGE)


def copy_of(clinic: Clinic) -> Copy:
    """What the clinic's patient gets."""
    return Copy.of(take(clinic.portal.visit(clinic.patient)))


def live(clinic: Clinic) -> None:
    """Measure, answer, get a plan, write, be answered, meet, and be looked at."""
    portal, patient = clinic.portal, clinic.patient
    drafts.signed(clinic)
    with portal.inside():
        measure(portal.actor(patient))
    portal.visit(patient).send("/messages", body=QUESTION)
    portal.visit(clinic.coordinator).send(f"/patients/{patient.patient_id}/messages", body=ANSWER)
    portal.visit(clinic.clinician).get(f"/patients/{patient.patient_id}")
    meet(clinic)


def measure(actor: Actor) -> None:
    """A blood sugar in the unit that is not the canonical one, and a pressure with a note."""
    for typed, note in (
        (readings.glucose("6.3", unit="mmol/L", minutes_ago=9), ""),
        (readings.weight("71.4", minutes_ago=8), ""),
        (readings.pressure("131", "84", minutes_ago=7), NOTE),
    ):
        results.record(actor, typed, note=note, sure=readings.token(actor, typed))


def meet(clinic: Clinic) -> None:
    """A visit from its beginning to its end."""
    portal = clinic.portal
    visit = book(portal, clinic.patient, clinic.clinician)
    with portal.inside():
        actor = portal.actor(clinic.clinician)
        seen = consults.visit(actor, visit)
        assert seen is not None
        present.enter(seen, actor, Page("sid-his", "his-page-1", True, True), joining=True)
        again = consults.visit(actor, visit)
        assert again is not None
        closing.finish(again)
